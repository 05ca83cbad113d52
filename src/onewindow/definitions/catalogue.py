"""All services: finds the folders, reads every version of each, refuses broken ones, all errors at once.

Three ways to a definition: the one in force on a day, for whatever is lodged; the one of a version, for whatever was
lodged; the newest, where neither a day nor a submission is at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from onewindow.definitions.errors import BrokenDefinitions, DefinitionError
from onewindow.definitions.model import Definition, Place, Rule
from onewindow.definitions.service import FAMILIES
from onewindow.definitions.versions import read_versions
from onewindow.definitions.vocabulary import Vocabulary

SERVICES = Path(__file__).parent.parent / "services"
"""The folder that holds our own services."""
_DAYS_KEPT = 64


class Catalogue:
    """Every version of every service, in the order of their folders; further transactions follow their service.

    `definitions` are all of them, `newest` the one of each id that is (or comes) into force last.
    """

    def __init__(self, definitions: Iterable[Definition], vocabulary: Vocabulary) -> None:
        self.definitions = tuple(definitions)
        self.vocabulary = vocabulary
        self._by_id = _by_id(self.definitions)
        self.newest: Mapping[str, Definition] = {name: found[-1] for name, found in self._by_id.items()}
        self._versions = {(one.id, one.version): one for one in self.definitions}
        self._days: dict[date, Mapping[str, Definition]] = {}

    def in_force(self, service: str, day: date) -> Definition | None:
        """The definition by that id that is in force on `day`: by it documents of that day are judged."""
        return self.on(day).get(service)

    def version(self, service: str, version: str) -> Definition | None:
        """The definition a submission was lodged under; None when its folder was taken away."""
        return self._versions.get((service, version))

    def on(self, day: date) -> Mapping[str, Definition]:
        """Everything in force on `day`, by id; looked through once a day, since every document asks."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            found = self._days[day] = {one.id: one for one in self.definitions if one.valid.covers(day)}
        return found

    def services(self) -> list[Definition]:
        """The newest version of every service, without further transactions."""
        return [one for one in self.newest.values() if not one.parent]

    def services_on(self, day: date) -> list[Definition]:
        """Services in force on `day`, without their further transactions."""
        return [one for one in self.on(day).values() if not one.parent]

    def versions(self, service: str) -> Sequence[Definition]:
        """Every version of that id, the earliest first; none of an id that is not known."""
        return self._by_id.get(service, ())

    def without(self, version: tuple[str, str]) -> DefinitionError:
        """What to say when documents were lodged under this version of a service, and it is not here."""
        service, name = version
        known = self.newest.get(service.partition(".")[0])
        place = Place(f"{known.folder if known else service.replace('-', '_')}/versions/{name}/service.toml", 1)
        return DefinitionError(
            place, f"version {name!r} of {service} is gone, and documents were lodged under it", "put its folder back"
        )

    def transactions(self, service: Definition) -> list[Definition]:
        """This version of a service and its further transactions."""
        return [
            one for one in self.definitions if service.id in (one.id, one.parent) and one.version == service.version
        ]


def load_catalogue(
    root: Path = SERVICES, *, also: Path | None = None, overrides: Path | None = None, only: str = ""
) -> Catalogue:
    """Reads every service below `root` and below `also` (an installation's own), or `only` the one with this id.

    Raises BrokenDefinitions with every error.
    """
    vocabulary = Vocabulary(root, overrides)
    definitions: dict[str, list[Definition]] = {}
    errors: list[DefinitionError] = []
    named = only.partition(".")[0].replace("-", "_")
    for folder in (*service_folders(root), *(service_folders(also) if also else ())):
        if only and folder.name != named:
            continue
        try:
            _add(read_versions(folder, vocabulary), definitions)
        except BrokenDefinitions as broken:
            errors += broken.errors
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise BrokenDefinitions(errors)
    return Catalogue(_with_families_spelt_out([one for found in definitions.values() for one in found]), vocabulary)


def service_folders(root: Path) -> Iterator[Path]:
    """Folders with a service.toml, at any depth, none of whose parts begins with `_`.

    What stands inside a service's folder, its further transactions and its other versions, is left out.
    """
    for path in sorted(root.rglob("service.toml")):
        parts = path.relative_to(root).parts[:-1]
        if not {"transactions", "versions"}.intersection(parts) and not any(part.startswith("_") for part in parts):
            yield path.parent


def _first_day(definition: Definition) -> date:
    return definition.valid.first or date.min


def _by_id(definitions: Iterable[Definition]) -> Mapping[str, Sequence[Definition]]:
    """Every version of each id, the earliest first; ids in the order of their folders."""
    found: dict[str, list[Definition]] = {}
    for one in definitions:
        found.setdefault(one.id, []).append(one)
    return {name: sorted(versions, key=_first_day) for name, versions in found.items()}


def _with_families_spelt_out(definitions: list[Definition]) -> Iterator[Definition]:
    """A rule that refers to a family refers to every service of it, so that a new licence needs no change elsewhere."""
    members = {
        family: list(dict.fromkeys(one.id for one in definitions if one.family == family)) for family in FAMILIES
    }

    def spelt_out(rule: Rule) -> Rule:
        if rule.kind != "refers-to":
            return rule
        written = rule.parameters["service"]
        names = [str(name) for name in written] if isinstance(written, list) else [str(written)]
        services = [service for name in names for service in members.get(name, [name])]
        return replace(rule, parameters={**rule.parameters, "service": services})

    return (replace(one, rules=tuple(map(spelt_out, one.rules))) for one in definitions)


def _add(versions: list[Definition], definitions: dict[str, list[Definition]]) -> None:
    """Takes a folder's versions in. Raises DefinitionError when another folder has one of their ids."""
    for one in versions:
        if one.id in definitions:
            place = definitions[one.id][0].folder
            raise DefinitionError(
                one.root.place, f"the id {one.id!r} is taken by {place}", "give one of them another name"
            )
    for one in versions:
        definitions.setdefault(one.id, []).append(one)
