"""Every compiled version of every service. A definition that does not compile is refused here, at start."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from onewindow.definitions.catalogue import SERVICES, Catalogue, load_catalogue
from onewindow.definitions.errors import BrokenDefinitions, DefinitionError
from onewindow.definitions.model import Definition, Format, Item
from onewindow.engine.checking.checker import Checker
from onewindow.engine.checking.collect import Collector, plain
from onewindow.engine.checking.json_guard import guard
from onewindow.engine.checking.runtime import DAYS
from onewindow.engine.example import render
from onewindow.engine.generating.compiler import bound_lists, compile_items, document_class, namespace
from onewindow.kernel.finding import Finding
from onewindow.kernel.words import Words

_NOTHING = Item("", "", Format("object", "object"), Words("Nothing", "無", "无"), required=True)
"""The body of an action that carries nothing."""


class ItemsChecker:
    """Checks the body of an action: formats and lists, no rules."""

    def __init__(self, root: Item, catalogue: Catalogue) -> None:
        self.root = root
        self.catalogue = catalogue
        self._compiled = compile_items(root)

    def judge(self, body: bytes, as_of: date) -> tuple[Any, tuple[Finding, ...]]:
        """The body as builtin values and its findings. Raises MalformedDocument."""
        guard(body)
        codes = {name: codes.on(as_of) for name, codes in self.catalogue.vocabulary.lists.items()}
        space = namespace(
            self._compiled, {"Struct": msgspec.Struct, "DAYS": DAYS, **bound_lists(self._compiled, codes)}
        )
        document_class(space, self.root)
        collector = Collector(space, codes, self.catalogue.vocabulary.words)
        document = collector.document(plain(body), self.root)
        return msgspec.to_builtins(document), tuple(collector.findings)


class Registry:
    """A checker for every definition the catalogue has. Raises BrokenDefinitions when any of them does not compile."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._checkers: dict[tuple[str, str], Checker] = {}
        self._actions: dict[tuple[str, str, str], ItemsChecker] = {}
        self._templates: dict[str, object] = {}

    @classmethod
    def load(cls, root: Path = SERVICES, *, overrides: Path | None = None) -> Registry:
        """Reads and compiles everything below `root`."""
        registry = cls(load_catalogue(root, overrides=overrides))
        registry.compile_all()
        return registry

    def compile_all(self) -> None:
        """Compiles every version of every service now. Raises BrokenDefinitions with every error."""
        errors = []
        for definition in self.catalogue.definitions:
            try:
                self.checker(definition)
            except DefinitionError as error:
                errors.append(error)
        if errors:
            raise BrokenDefinitions(errors)

    def checker(self, definition: Definition) -> Checker:
        """The checker of this version of a service or further transaction, compiled once."""
        key = (definition.id, definition.version)
        found = self._checkers.get(key)
        if found is None:
            found = self._checkers[key] = Checker(definition, self.catalogue.vocabulary)
        return found

    def in_force(self, service: str, day: date) -> Checker | None:
        """The checker of the definition in force on `day`; None when there is none."""
        definition = self.catalogue.in_force(service, day)
        return self.checker(definition) if definition else None

    def definition(self, service: str, version: str) -> Definition | None:
        """The definition of a version: what everything about a submission goes by."""
        return self.catalogue.version(service, version)

    def action_checker(self, definition: Definition, action: str) -> ItemsChecker | None:
        """The checker of an action's body (an action without items takes `{}`); None for an unknown action."""
        found = definition.actions.get(action)
        if found is None:
            return None
        key = (definition.id, definition.version, action)
        if key not in self._actions:
            self._actions[key] = ItemsChecker(found.items or _NOTHING, self.catalogue)
        return self._actions[key]

    def example(self, definition: Definition, as_of: date, reference: str = "", now: datetime | None = None) -> bytes:
        """A document it accepts on `as_of`, with a fresh sender's reference. LookupError when it has no example."""
        fresh = reference or f"EX-{secrets.token_hex(8).upper()}"
        return json.dumps(render(self._template(definition), as_of, fresh, now), ensure_ascii=False, indent=2).encode()

    def _template(self, definition: Definition) -> object:
        if definition.folder not in self._templates:
            path = self.catalogue.vocabulary.root / definition.folder / "cases" / "accepted.json"
            if not path.exists():
                raise LookupError(f"{definition.id} has no example")
            self._templates[definition.folder] = json.loads(path.read_text(encoding="utf-8"))
        return self._templates[definition.folder]

    def __iter__(self) -> Iterator[Checker]:
        return map(self.checker, self.catalogue.definitions)
