"""All services: finds the folders, reads them, refuses broken ones, all errors at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from onewindow.definitions.errors import BrokenDefinitions, DefinitionError
from onewindow.definitions.model import Definition, Rule
from onewindow.definitions.service import FAMILIES, read_service
from onewindow.definitions.vocabulary import Vocabulary

SERVICES = Path(__file__).parent.parent / "services"
"""The folder that holds our own services."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Definitions by id, in the order of their folders; further transactions follow their service."""

    definitions: Mapping[str, Definition]
    vocabulary: Vocabulary

    def services(self) -> list[Definition]:
        """Services, without their further transactions."""
        return [one for one in self.definitions.values() if not one.parent]

    def transactions(self, service: str) -> list[Definition]:
        """A service and its further transactions."""
        return [one for one in self.definitions.values() if service in (one.id, one.parent)]

    def in_force(self, service: str, day: date) -> Definition | None:
        """The definition by that id if it is in force on `day`."""
        found = self.definitions.get(service)
        return found if found and found.valid.covers(day) else None


def load_catalogue(
    root: Path = SERVICES, *, also: Path | None = None, overrides: Path | None = None, only: str = ""
) -> Catalogue:
    """Reads every service below `root` and below `also` (an installation's own), or `only` the one with this id.

    Raises BrokenDefinitions with every error.
    """
    vocabulary = Vocabulary(root, overrides)
    definitions: dict[str, Definition] = {}
    errors: list[DefinitionError] = []
    named = only.partition(".")[0].replace("-", "_")
    for folder in (*service_folders(root), *(service_folders(also) if also else ())):
        if only and folder.name != named:
            continue
        try:
            _add(folder, vocabulary, definitions)
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise BrokenDefinitions(errors)
    return Catalogue(_with_families_spelt_out(definitions), vocabulary)


def service_folders(root: Path) -> Iterator[Path]:
    """Folders with a service.toml, at any depth, none of whose parts begins with `_`; transactions are left out."""
    for path in sorted(root.rglob("service.toml")):
        parts = path.relative_to(root).parts[:-1]
        if "transactions" not in parts and not any(part.startswith("_") for part in parts):
            yield path.parent


def _with_families_spelt_out(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """A rule that refers to a family refers to every service of it, so that a new licence needs no change elsewhere."""
    members = {family: [one.id for one in definitions.values() if one.family == family] for family in FAMILIES}

    def spelt_out(rule: Rule) -> Rule:
        if rule.kind != "refers-to":
            return rule
        written = rule.parameters["service"]
        names = [str(name) for name in written] if isinstance(written, list) else [str(written)]
        services = [service for name in names for service in members.get(name, [name])]
        return replace(rule, parameters={**rule.parameters, "service": services})

    return {name: replace(one, rules=tuple(map(spelt_out, one.rules))) for name, one in definitions.items()}


def _add(folder: Path, vocabulary: Vocabulary, definitions: dict[str, Definition]) -> None:
    definition = read_service(folder, vocabulary)
    for one in (definition, *_transactions(folder, vocabulary, definition)):
        if one.id in definitions:
            place = definitions[one.id].folder
            raise DefinitionError(
                definition.root.place, f"the id {one.id!r} is taken by {place}", "give one of them another name"
            )
        definitions[one.id] = one


def _transactions(folder: Path, vocabulary: Vocabulary, parent: Definition) -> Iterator[Definition]:
    for path in sorted((folder / "transactions").glob("*/service.toml")):
        yield read_service(path.parent, vocabulary, parent)
