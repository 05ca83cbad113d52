"""TOML files read with their line numbers, so that every later error can name its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from onewindow.definitions.errors import DefinitionError
from onewindow.definitions.model import Place
from onewindow.kernel.words import Words

Table = Mapping[str, object]


_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")
_KEY = re.compile(r'(?:^|[\s,{])"?([A-Za-z][\w-]*)"?\s*=')
_NAME = re.compile(r'\s*name\s*=\s*"([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Lines:
    """Line numbers, from 0, of headers, of keys, and of tables by their `name`."""

    headers: dict[str, int]
    keys: dict[str, list[int]]
    names: dict[str, list[int]]


class Source:
    """One TOML file. `shown` is its name below the services folder, or all of it elsewhere, as errors show it."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        self.text = path.read_text(encoding="utf-8") if path.exists() else ""
        self.data = self._parse()

    def _parse(self) -> Table:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found.group(1)) if found else len(self.text.splitlines())
            raise DefinitionError(Place(self.shown, line), f"not TOML: {error}", "correct the line") from error

    def place(self, *keys: str) -> Place:
        """The line where `keys` (table names, then a key) is written; the closest one found when not exactly."""
        line = 0
        for depth, key in enumerate(keys):
            found = self._line_of(".".join(keys[: depth + 1]), key, line)
            line = found if found is not None else line
        return Place(self.shown, line + 1)

    def _line_of(self, chain: str, key: str, start: int) -> int | None:
        if chain in self._lines.headers:
            return self._lines.headers[chain]
        for lines in (self._lines.keys.get(key, ()), self._lines.names.get(key, ())):
            if (found := next((line for line in lines if line >= start), None)) is not None:
                return found
        return None

    @cached_property
    def _lines(self) -> _Lines:
        lines = _Lines({}, {}, {})
        for number, line in enumerate(self.text.splitlines()):
            if header := _HEADER.match(line):
                lines.headers.setdefault(header.group(1).replace('"', "").replace(" ", ""), number)
            for key in _KEY.findall(line):
                lines.keys.setdefault(key, []).append(number)
            if name := _NAME.match(line):
                lines.names.setdefault(name.group(1), []).append(number)
        return lines

    def error(self, problem: str, cure: str, *keys: str) -> DefinitionError:
        """An error at the line of `keys`."""
        return DefinitionError(self.place(*keys), problem, cure)

    def words(self, value: object, *keys: str) -> Words:
        """`{ en, zh-Hant, zh-Hans }`, all three. Raises DefinitionError."""
        table = self.table(value, *keys)
        missing = [language for language in ("en", "zh-Hant", "zh-Hans") if not str(table.get(language) or "").strip()]
        if missing:
            raise self.error(f"words without {', '.join(missing)}", "write them in all three languages", *keys)
        return Words(str(table["en"]), str(table["zh-Hant"]), str(table["zh-Hans"]))

    def table(self, value: object, *keys: str) -> Table:
        """`value` as a table. Raises DefinitionError."""
        if not isinstance(value, Mapping):
            raise self.error(f"{'.'.join(keys)} is not a table", "write it as { key = value }", *keys)
        return value

    def strings(self, value: object, *keys: str) -> tuple[str, ...]:
        """`value` as a list of texts; one text alone counts as a list. Raises DefinitionError."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise self.error(f"{'.'.join(keys)} is not a list of texts", 'write ["…", "…"]', *keys)
        return tuple(values)

    def only(self, table: Table, allowed: set[str], *keys: str) -> None:
        """Refuses keys the language does not know. Raises DefinitionError."""
        for key in table:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                raise self.error(f"unknown word {key!r}", f"known here: {known}", *keys, key)
