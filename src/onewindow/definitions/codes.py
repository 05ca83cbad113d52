"""Code lists with dates: which codes are in force on a day, and their words."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from onewindow.definitions.errors import DefinitionError
from onewindow.definitions.model import Place
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Code:
    """One entry: the code, when it is valid, its words, and any further columns of its list."""

    code: str
    valid: Period
    words: Words
    more: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> str:
        """A further column's value; empty when there is none."""
        return dict(self.more).get(name, "")


@dataclass(frozen=True, eq=False)
class CodeList:
    """A list by name. Codes may stand several times with different periods."""

    name: str
    entries: tuple[Code, ...]
    _by_code: dict[str, list[Code]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._by_code.setdefault(entry.code, []).append(entry)

    @lru_cache(maxsize=64)  # noqa: B019 - lists live as long as the process
    def on(self, day: date) -> frozenset[str]:
        """The codes in force on `day`."""
        return frozenset(entry.code for entry in self.entries if entry.valid.covers(day))

    @lru_cache(maxsize=256)  # noqa: B019
    def where(self, day: date, column: str, equals: str) -> frozenset[str]:
        """The codes in force on `day` whose further column has that value."""
        return frozenset(
            entry.code for entry in self.entries if entry.valid.covers(day) and entry.column(column) == equals
        )

    def words(self, code: str) -> Words | None:
        """The words of a code, the newest entry's; None when it is not in the list."""
        entries = self._by_code.get(code)
        return entries[-1].words if entries else None

    def entry(self, code: str, day: date) -> Code | None:
        """The entry in force on `day`."""
        return next((entry for entry in self._by_code.get(code, ()) if entry.valid.covers(day)), None)


def read_list(path: Path, shown: str) -> CodeList:
    """Reads `code,from,to,en,zh-Hant,zh-Hans[,more…]`; empty Chinese falls back to English. Raises DefinitionError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"code", "from", "to", "en"} - set(reader.fieldnames or ())
        if missing:
            raise DefinitionError(Place(shown, 1), f"no column {', '.join(sorted(missing))}", "add it to the header")
        return CodeList(path.stem, tuple(_entries(reader, shown)))


def _entries(reader: Iterable[dict[str, str]], shown: str) -> Iterable[Code]:
    for number, row in enumerate(reader, start=2):
        try:
            period = Period.parse(f"{row['from'] or '..'}/{row['to'] or '..'}")
        except ValueError as error:
            raise DefinitionError(Place(shown, number), str(error), "write ISO dates, or leave them empty") from error
        words = Words(row["en"], row.get("zh-Hant") or row["en"], row.get("zh-Hans") or row["en"])
        known = {"code", "from", "to", "en", "zh-Hant", "zh-Hans"}
        more = tuple((str(key), value or "") for key, value in row.items() if key and key not in known)
        yield Code(row["code"], period, words, more)
