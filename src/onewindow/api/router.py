"""From a path to the operations on it: a tree of segments, where `{name}` takes any plain segment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from onewindow.api.operation import Operation

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:-]{0,119}")


@dataclass(slots=True)
class _Segment:
    words: dict[str, _Segment] = field(default_factory=dict)
    name: str = ""
    variable: _Segment | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """Finds operations. Paths are compared as they are decoded: no dots, no doubled slashes are resolved."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Segment()
        for operation in operations:
            for path in (operation.path, *operation.aliases):
                self._add(operation, path)

    def find(self, path: str) -> tuple[Mapping[str, Operation], dict[str, str]]:
        """Operations on `path` by method, and the path's parameters; both empty when there is nothing."""
        here: _Segment | None = self._root
        parameters: dict[str, str] = {}
        for word in path.split("/")[1:]:
            assert here is not None
            next_one = here.words.get(word)
            if next_one is None and here.variable is not None and _PLAIN.fullmatch(word):
                parameters[here.name] = word
                next_one = here.variable
            if next_one is None:
                return {}, {}
            here = next_one
        assert here is not None
        return here.operations, parameters

    def _add(self, operation: Operation, path: str) -> None:
        here = self._root
        for word in path.split("/")[1:]:
            if word.startswith("{"):
                here.name = word.strip("{}")
                here.variable = here.variable or _Segment()
                here = here.variable
            else:
                here = here.words.setdefault(word, _Segment())
        if operation.method in here.operations:
            raise ValueError(f"{operation.method} {path} is declared twice")
        here.operations[operation.method] = operation
