"""What all services share: dictionary, XML positions, groups, code lists, rates, words."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from onewindow.definitions.codes import CodeList, read_list
from onewindow.definitions.errors import DefinitionError
from onewindow.definitions.formats import parse_format
from onewindow.definitions.model import Format, Place
from onewindow.definitions.source import Source, Table
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Element:
    """A dictionary element: its WCO id, format, code list and words."""

    id: str
    name: str
    format: Format
    tded: str
    codes: str
    words: Words


@dataclass(frozen=True, slots=True)
class Rate:
    """A dated value: `value` holds in `valid`, under `law`."""

    name: str
    valid: Period
    value: Decimal
    law: str = ""


class Vocabulary:
    """Reads `_shared` below a services folder. `overrides` is a folder of imported code lists that win over ours."""

    def __init__(self, root: Path, overrides: Path | None = None) -> None:
        self.root = root
        self.shared = root / "_shared"
        self.overrides = overrides

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """Dictionary elements by id."""
        path = self.shared / "dictionary.csv"
        return {row["id"]: self._element(row, line) for line, row in enumerate(_rows(path), start=2)}

    def _element(self, row: dict[str, str], line: int) -> Element:
        written = parse_format(row["format"])
        if written is None:
            place = Place("_shared/dictionary.csv", line)
            raise DefinitionError(place, f"unknown format {row['format']!r}", "see the formats in docs/language.md")
        words = Words(row["en"], row["zh-Hant"], row["zh-Hans"])
        return Element(row["id"], row["name"], written, row["tded"], row["list"], words)

    @cached_property
    def positions(self) -> Mapping[str, tuple[str, ...]]:
        """XML paths of the declaration by element id, shortest first."""
        found: dict[str, list[str]] = {}
        for row in _rows(self.shared / "positions.csv"):
            if row["schema"] == "DEC":
                found.setdefault(row["id"], []).append(row["path"])
        return {key: tuple(sorted(paths, key=lambda path: (path.count("/"), path))) for key, paths in found.items()}

    @cached_property
    def lists(self) -> Mapping[str, CodeList]:
        """Code lists by name; an imported one wins."""
        paths = {path.stem: path for path in sorted((self.shared / "codes").glob("*.csv"))}
        if self.overrides and self.overrides.is_dir():
            paths |= {path.stem: path for path in sorted(self.overrides.glob("*.csv"))}
        return {name: read_list(path, f"_shared/codes/{path.name}") for name, path in paths.items()}

    @cached_property
    def groups(self) -> Mapping[str, Source]:
        """Shared item groups by name."""
        return {path.stem: Source(path, self.root) for path in sorted((self.shared / "groups").glob("*.toml"))}

    @cached_property
    def actions(self) -> Source:
        """The shared actions."""
        return Source(self.shared / "actions.toml", self.root)

    @cached_property
    def states(self) -> Source:
        """The states that services share."""
        return Source(self.shared / "states.toml", self.root)

    @cached_property
    def words(self) -> Mapping[str, Words]:
        """The engine's own words (format findings, common states)."""
        source = Source(self.shared / "words.toml", self.root)
        return {key: source.words(value, key) for key, value in source.data.items()}

    @cached_property
    def rates(self) -> Mapping[str, tuple[Rate, ...]]:
        """Dated rates by `file.key`."""
        found: dict[str, tuple[Rate, ...]] = {}
        for path in sorted((self.shared / "rates").glob("*.toml")):
            source = Source(path, self.root)
            for key, rows in source.data.items():
                found[f"{path.stem}.{key}"] = tuple(_rates(source, f"{path.stem}.{key}", key, rows))
        return found


def _rates(source: Source, name: str, key: str, rows: object) -> list[Rate]:
    if not isinstance(rows, list):
        raise source.error(f"rate {key} is not a list of tables", f"write [[{key}]] with valid and value", key)
    return [_rate(source, name, key, source.table(row, key)) for row in rows]


def _rate(source: Source, name: str, key: str, row: Table) -> Rate:
    source.only(row, {"valid", "value", "law", "unit", "note"}, key)
    try:
        return Rate(name, Period.parse(str(row["valid"])), Decimal(str(row["value"])), str(row.get("law", "")))
    except (KeyError, ValueError, InvalidOperation) as error:
        raise source.error(
            f"rate {key} needs valid and value: {error}", 'valid = "2018-08-01/.." value = "0.125"', key
        ) from error


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
