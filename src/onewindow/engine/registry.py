"""Every compiled service, by id. A definition that does not compile is refused here, at start."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
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
    """Checkers by service id. Raises BrokenDefinitions when any service does not compile."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._checkers: dict[str, Checker] = {}
        self._actions: dict[tuple[str, str], ItemsChecker] = {}

    @classmethod
    def load(cls, root: Path = SERVICES, *, overrides: Path | None = None) -> Registry:
        """Reads and compiles everything below `root`."""
        registry = cls(load_catalogue(root, overrides=overrides))
        registry.compile_all()
        return registry

    def compile_all(self) -> None:
        """Compiles every definition now. Raises BrokenDefinitions with every error."""
        errors = []
        for service in self.catalogue.definitions:
            try:
                self.checker(service)
            except DefinitionError as error:
                errors.append(error)
        if errors:
            raise BrokenDefinitions(errors)

    def checker(self, service: str) -> Checker | None:
        """The checker of a service or further transaction; None when there is none."""
        if service not in self._checkers:
            definition = self.catalogue.definitions.get(service)
            if definition is None:
                return None
            self._checkers[service] = Checker(definition, self.catalogue.vocabulary)
        return self._checkers[service]

    def definition(self, service: str) -> Definition | None:
        """The definition by its id."""
        return self.catalogue.definitions.get(service)

    def action_checker(self, service: str, action: str) -> ItemsChecker | None:
        """The checker of an action's body (an action without items takes `{}`); None for an unknown action."""
        definition = self.catalogue.definitions.get(service)
        found = definition.actions.get(action) if definition else None
        if found is None:
            return None
        key = (service, action)
        if key not in self._actions:
            self._actions[key] = ItemsChecker(found.items or _NOTHING, self.catalogue)
        return self._actions[key]

    def example(self, service: str, as_of: date, reference: str = "", now: datetime | None = None) -> bytes:
        """A document accepted on `as_of`, with a fresh sender's reference. KeyError when there is no service."""
        template = self._templates[service]
        fresh = reference or f"EX-{secrets.token_hex(8).upper()}"
        return json.dumps(render(template, as_of, fresh, now), ensure_ascii=False, indent=2).encode()

    @cached_property
    def _templates(self) -> dict[str, object]:
        root = self.catalogue.vocabulary.root
        found = {}
        for definition in self.catalogue.definitions.values():
            path = root / definition.folder / "cases" / "accepted.json"
            if path.exists():
                found[definition.id] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def __iter__(self) -> Iterator[Checker]:
        return (checker for service in self.catalogue.definitions if (checker := self.checker(service)))
