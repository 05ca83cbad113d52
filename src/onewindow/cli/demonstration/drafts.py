"""Documents for the demonstration: each service's example, changed by realistic values as far as its rules allow."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from random import Random
from typing import Any

from onewindow.cli.demonstration.people import FOLDER, Company
from onewindow.definitions.model import Definition
from onewindow.engine.checking.checker import Checker
from onewindow.engine.registry import Registry

Document = dict[str, Any]
Change = Callable[[Document], None]


class Drafts:
    """Makes documents for the instant `now` in Hong Kong; the same seed of `random` makes the same demonstration."""

    def __init__(self, registry: Registry, now: datetime, random: Random) -> None:
        self._registry = registry
        self._now = now
        self._as_of = now.date()
        self._random = random

    def accepted(self, service: str, reference: str, principal: Company | None) -> bytes:
        """A document that the service accepts, on behalf of `principal` where the service names one."""
        definition = self._checker(service).definition
        document: Document = json.loads(self._registry.example(definition, self._as_of, reference, self._now))
        if principal is not None:
            document = self._kept(service, document, lambda draft: _name_principal(draft, definition, principal))
        for change in self._changes(document):
            document = self._kept(service, document, change)
        return _packed(document)

    def refused(self, service: str, reference: str, principal: Company | None) -> bytes:
        """A document as a hurried person writes it: one leaf that must be there is not."""
        whole: Document = json.loads(self.accepted(service, reference, principal))
        leaves = [place for place in _leaves(whole) if place[1] != reference]
        self._random.shuffle(leaves)
        for holder, _, name in leaves:
            value = holder.pop(name)
            if not self._accepts(service, whole):
                return _packed(whole)
            holder[name] = value
        raise LookupError(f"{service} accepts anything")

    def _kept(self, service: str, document: Document, change: Change) -> Document:
        """The changed document if it is still accepted, else as it was."""
        draft = deepcopy(document)
        change(draft)
        return draft if self._accepts(service, draft) else document

    def _accepts(self, service: str, document: Document) -> bool:
        return self._checker(service).judge(_packed(document), self._as_of, self._now).accepted

    def _checker(self, service: str) -> Checker:
        checker = self._registry.in_force(service, self._as_of)
        assert checker is not None, "only what is in force is lodged"
        return checker

    def _changes(self, document: Document) -> Iterator[Change]:
        """One change for every object that a family of values fits."""
        for path, place in _objects(document, ()):
            for family in _families().values():
                if all(_at(place, name.split(".")) is not None for name in family["needs"]):
                    yield _Setting(path, self._random.choice(family["row"]))


class _Setting:
    """Sets the leaves of a row on the object at `path`, as far as it has them."""

    def __init__(self, path: tuple[str | int, ...], row: dict[str, str]) -> None:
        self._path = path
        self._row = row

    def __call__(self, document: Document) -> None:
        place: Any = document
        for step in self._path:
            place = place[step]
        place.update({name: value for name, value in self._row.items() if name in place})


def _name_principal(document: Document, definition: Definition, principal: Company) -> None:
    """The company's number where the service says whose the document is, and its name beside it."""
    *groups, leaf = definition.lodging.principal.split(".")
    place: Any = _at(document, groups)
    if isinstance(place, dict):
        place[leaf] = principal.br
        if "name" in place:
            place["name"] = principal.name.en


def _at(place: Any, steps: list[str]) -> Any:
    for step in steps:
        if not isinstance(place, dict):
            return None
        place = place.get(step)
    return place


def _objects(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Document]]:
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from _objects(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _objects(inner, (*path, number))


def _leaves(document: Document) -> list[tuple[Document, object, str]]:
    """Every leaf as (its object, its value, its name)."""
    return [
        (place, value, name)
        for _, place in _objects(document, ())
        for name, value in place.items()
        if not isinstance(value, dict | list)
    ]


@lru_cache(maxsize=1)
def _families() -> dict[str, dict[str, Any]]:
    return tomllib.loads((FOLDER / "values.toml").read_text(encoding="utf-8"))


def _packed(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
