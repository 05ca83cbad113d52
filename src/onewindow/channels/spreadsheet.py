"""Documents out of a spreadsheet saved as CSV (RFC 4180, UTF-8).

The first row names items by their paths (`importer.name`, `goods.description`). Rows that carry the same sender's
reference, or none, belong to one document; each of them adds a row to the repeating tables of which it fills a cell:

    reference,importer.name,goods.description,goods.value
    A-1,Fook Lee Trading,Tea,120.00
    A-1,,Coffee,80.00
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from onewindow.definitions.model import Definition, Item

ROWS_MOST = 100_000
_FORMULA = re.compile(r"[=@\t\r]")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class UnreadableSpreadsheet(Exception):
    """The bytes are not such a spreadsheet; the message names row and column and says what to do."""


@dataclass(slots=True)
class _Column:
    """A column: its name, the items from the root down to the leaf, and how many of them repeat above the leaf."""

    name: str
    steps: tuple[str, ...]
    items: tuple[Item | None, ...]

    @property
    def table(self) -> tuple[str, ...]:
        """The steps to the innermost repeating table the column lies in; empty at the top."""
        for length in range(len(self.steps), 0, -1):
            item = self.items[length - 1]
            if item is not None and item.is_list and item.is_object:
                return self.steps[:length]
        return ()


@dataclass(slots=True)
class _Draft:
    """A document while its rows are read."""

    root: dict[str, object] = field(default_factory=dict)


def read_documents(content: bytes, definition: Definition) -> Iterator[bytes]:
    """JSON bytes of each document, in order. Raises UnreadableSpreadsheet."""
    rows = _rows(content)
    header = next(rows, None)
    if header is None:
        raise UnreadableSpreadsheet("the file is empty; its first row must name the items")
    columns = [_column(name.strip(), definition) for name in header[1]]
    draft, reference = _Draft(), ""
    for number, row in rows:
        cells = _cells(columns, row, number)
        own = next((text for column, text in cells if column.name == definition.reference), "")
        if draft.root and own and own != reference:
            yield msgspec.json.encode(draft.root)
            draft = _Draft()
        reference = own or reference
        _add(draft, cells, number)
    if draft.root:
        yield msgspec.json.encode(draft.root)


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSpreadsheet("the file is not UTF-8; save it as “CSV UTF-8”") from error
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if number > ROWS_MOST:
                raise UnreadableSpreadsheet(f"more than {ROWS_MOST} rows; send several files")
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise UnreadableSpreadsheet(f"it is not a CSV file: {error}") from error


def _column(name: str, definition: Definition) -> _Column:
    if not name:
        raise UnreadableSpreadsheet("a column of the first row has no name; name an item or delete the column")
    steps = tuple(name.split("."))
    items: list[Item | None] = []
    item: Item | None = definition.root
    for step in steps:
        item = item.child(step) if item is not None else None
        items.append(item)
    return _Column(name, steps, tuple(items))


def _cells(columns: list[_Column], row: list[str], number: int) -> list[tuple[_Column, str]]:
    if len(row) > len(columns):
        raise UnreadableSpreadsheet(f"row {number} has {len(row)} cells, the first row names {len(columns)}")
    cells = [(column, text.strip()) for column, text in zip(columns, row, strict=False)]
    for column, text in cells:
        if _FORMULA.match(text):
            raise UnreadableSpreadsheet(f"row {number}, column {column.name} holds a formula; put its value there")
    return [(column, text) for column, text in cells if text]


def _add(draft: _Draft, cells: list[tuple[_Column, str]], number: int) -> None:
    """One spreadsheet row into the draft: tables first get their new rows, outer before inner."""
    tables = {column.table: column for column, _ in cells if column.table}
    for table, column in sorted(tables.items(), key=lambda entry: len(entry[0])):
        rows = _last_row(draft.root, column, len(table) - 1).setdefault(table[-1], [])
        assert isinstance(rows, list)
        rows.append({})
    for column, text in cells:
        _put(draft.root, column, text, number)


def _put(root: dict[str, object], column: _Column, text: str, number: int) -> None:
    place = _last_row(root, column, len(column.steps) - 1)
    name, leaf = column.steps[-1], column.items[-1]
    value = _value(leaf, text)
    if leaf is not None and leaf.is_list:
        values = place.setdefault(name, [])
        assert isinstance(values, list)
        values.append(value)
    elif place.setdefault(name, value) != value:
        raise UnreadableSpreadsheet(
            f"row {number}, column {column.name} says {text!r}, but an earlier row of the same document says "
            f"{place[name]!r}; leave it empty after the first row"
        )


def _last_row(root: dict[str, object], column: _Column, depth: int) -> dict[str, object]:
    """The object `depth` steps down the column's path, in the last row of every repeating table on the way."""
    place = root
    for step, item in zip(column.steps[:depth], column.items, strict=False):
        inner = place.setdefault(step, [{}] if item is not None and item.is_list else {})
        if isinstance(inner, list):
            inner = inner[-1]
        if not isinstance(inner, dict):
            raise UnreadableSpreadsheet(f"the columns of {step} name a group and a single value at once")
        place = inner
    return place


def _value(item: Item | None, text: str) -> object:
    """Text stays text; the checker says what is wrong with what cannot be read as the item's kind."""
    kind = item.format.kind if item is not None else "text"
    if kind == "integer" and text.isascii() and text.isdigit():
        return int(text)
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    return text
