"""What a page of a form shows: fields, groups and rows, with their values and what was found wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from onewindow.definitions.codes import Code, CodeList
from onewindow.definitions.model import Item
from onewindow.kernel.finding import Finding
from onewindow.kernel.hong_kong import HONG_KONG
from onewindow.kernel.words import Words
from onewindow.web.forms import choices
from onewindow.web.forms.places import Json, Place, has_own_pages, leaves_in, value_at

Control = Literal["line", "area", "date", "datetime", "radios", "select", "search", "file", "flag", "hidden"]
LINES = 100
"""Rows of a listing shown at once."""
DETAILS_LEAVES = 4
"""An optional group of more leaves than this is folded away while it is empty."""


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf: how it is asked, what stands there, and what is wrong with it."""

    item: Item
    pointer: str
    control: Control
    value: str
    shown: str
    findings: tuple[Finding, ...]
    options: tuple[Code, ...] = ()
    searched: bool = False
    prefix: str = ""
    template: str = "form/field.html"

    @property
    def id(self) -> str:
        return anchor(self.pointer, self.prefix)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def is_unknown(self) -> bool:
        """True when what stands there is none of the options."""
        return bool(self.value) and all(option.code != self.value for option in self.options)

    @property
    def width(self) -> int:
        """Class of width, from the longest text that fits."""
        longest = self.item.format.most_length
        if self.control == "search":
            return 40
        return next((width for width in (2, 4, 10, 20) if 0 < longest <= width), 40)


@dataclass(frozen=True, slots=True)
class Group:
    """An object: a fieldset, folded when it is optional and empty."""

    item: Item
    pointer: str
    nodes: tuple[Node, ...]
    findings: tuple[Finding, ...]
    folded: bool = False
    number: int = 0
    title: Words | None = None
    prefix: str = ""
    template: str = "form/group.html"

    @property
    def id(self) -> str:
        return anchor(self.pointer, self.prefix)


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeating leaf or a small repeating group, filled in here."""

    item: Item
    pointer: str
    rows: tuple[Node, ...]
    findings: tuple[Finding, ...]
    may_add: bool
    prefix: str = ""
    template: str = "form/rows.html"

    @property
    def id(self) -> str:
        return anchor(self.pointer, self.prefix)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a listing: its number, its page, the first things said in it, and whether something is wrong."""

    number: int
    path: str
    words: str
    faults: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A large repeating group: a list of rows, each with its own page. `before` and `after` begin the pages around."""

    item: Item
    pointer: str
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    may_add: bool
    before: int | None = None
    after: int | None = None
    template: str = "form/listing.html"

    @property
    def id(self) -> str:
        return anchor(self.pointer)


Node = Field | Group | Rows | Listing


def anchor(pointer: str, prefix: str = "") -> str:
    """The element id of a place: `/goods/0/value` is `f.goods.0.value`; `prefix` tells forms on one page apart."""
    return (prefix or "f") + pointer.replace("/", ".")


@dataclass(frozen=True, slots=True)
class Steering:
    """What the situation adds to a form: choices for items by path, titles for rows by pointer.

    `hidden` are items by path that are not asked, with what they are when nothing stands there.
    """

    options: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    titles: Mapping[str, Words] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    fixed_rows: bool = False


class Builder:
    """Makes nodes for one page in one language on one day."""

    def __init__(
        self,
        lists: Mapping[str, CodeList],
        *,
        day: date,
        language: str,
        findings: Iterable[Finding] = (),
        prefix: str = "",
        steering: Steering | None = None,
        first_line: int = 0,
    ) -> None:
        self.lists = lists
        self.day = day
        self.language = language
        self.findings = tuple(findings)
        self.prefix = prefix
        self.first_line = first_line
        self._by_pointer = _by_pointer(self.findings)
        self._faults = _faults_below(self.findings)
        self.steering = steering or Steering()
        self._folds = True
        self.datalists: dict[str, tuple[Code, ...]] = {}

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the document."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def page(self, place: Place, document: Json) -> tuple[Node, ...]:
        """The nodes of a place: a listing, or its items."""
        value = value_at(document, place.pointer) if place.pointer else document
        self._folds = bool(place.pointer)
        if place.is_listing:
            return (self._list(place.item, value, place.pointer),)
        inside = value if isinstance(value, dict) else {}
        return tuple(self._node(item, inside.get(item.name), f"{place.pointer}/{item.name}") for item in place.items)

    def _node(self, item: Item, value: Json, pointer: str) -> Node:
        if item.is_list:
            return self._list(item, value, pointer)
        return self._group(item, value, pointer) if item.is_object else self._field(item, value, pointer)

    def _list(self, item: Item, value: Json, pointer: str) -> Node:
        values: list[Json] = value if isinstance(value, list) else []
        least, most = item.repeat or (0, 1)
        if has_own_pages(item):
            return self._listing(item, values, pointer, may_add=len(values) < most)
        shown: list[Json] = values or ([None] * max(least, 0 if item.is_object else 1))
        single = _single(item)
        rows = tuple(
            self._group(single, row, f"{pointer}/{place}", number=place + 1)
            if item.is_object
            else self._field(single, row, f"{pointer}/{place}")
            for place, row in enumerate(shown)
        )
        may_add = len(shown) < most and not self.steering.fixed_rows
        return Rows(item, pointer, rows, self._at(pointer), may_add, self.prefix)

    def _listing(self, item: Item, values: list[Json], pointer: str, *, may_add: bool) -> Listing:
        first = self.first_line if 0 <= self.first_line < len(values) else 0
        shown = values[first : first + LINES]
        lines = tuple(self._line(row, f"{pointer}/{first + place}", first + place) for place, row in enumerate(shown))
        before = max(0, first - LINES) if first else None
        after = first + LINES if first + LINES < len(values) else None
        return Listing(item, pointer, lines, self._at(pointer), may_add, before, after)

    def _group(self, item: Item, value: Json, pointer: str, *, number: int = 0) -> Group:
        inside = value if isinstance(value, dict) else {}
        nodes = tuple(self._node(child, inside.get(child.name), f"{pointer}/{child.name}") for child in item.children)
        empty = not inside and not self._faults[pointer]
        folded = self._folds and empty and not item.required and not number and leaves_in(item) > DETAILS_LEAVES
        title = self.steering.titles.get(pointer)
        return Group(item, pointer, nodes, self._at(pointer), folded, number, title, self.prefix)

    def _field(self, item: Item, value: Json, pointer: str) -> Field:
        codes = self.lists.get(item.codes) if item.codes else None
        options = self.steering.options.get(item.path) or (choices.in_force(codes, self.day) if codes else ())
        control: Control = "hidden" if item.path in self.steering.hidden else _control(item, len(options))
        text = _typed(value, control) or self.steering.hidden.get(item.path, "")
        shown = choices.shown(codes, text, self.language) if control == "search" and text else text
        searched = len(options) > choices.DATALIST_MOST
        kept = () if searched or control not in ("radios", "select", "search") else options
        if control == "search" and not searched:
            self.datalists[item.codes] = options
        return Field(item, pointer, control, text, shown, self._at(pointer), kept, searched, self.prefix)

    def _line(self, value: Json, pointer: str, place: int) -> Line:
        said = [text for text in _first_texts(value) if text and text != str(place + 1)][:4]
        return Line(place + 1, pointer[1:], " · ".join(said), self._faults[pointer])

    def _at(self, pointer: str) -> tuple[Finding, ...]:
        return self._by_pointer.get(pointer, ())


def _by_pointer(findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        found[finding.pointer] = (*found.get(finding.pointer, ()), finding)
    return found


def _faults_below(findings: Iterable[Finding]) -> Counter[str]:
    """How many errors stand at or below each pointer."""
    found: Counter[str] = Counter()
    for finding in findings:
        if finding.severity == "error":
            parts = finding.pointer.split("/")
            found.update("/".join(parts[:end]) for end in range(2, len(parts) + 1))
    return found


def _control(item: Item, options: int) -> Control:
    kind = item.format.kind
    if options:
        if options <= choices.RADIOS_MOST and item.required:
            return "radios"
        return "select" if options <= choices.SELECT_MOST else "search"
    by_kind: dict[str, Control] = {"date": "date", "datetime": "datetime", "flag": "flag", "attachment": "file"}
    return by_kind.get(kind, "area" if item.format.multiline or item.format.most_length > 350 else "line")


def _typed(value: Json, control: Control) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if control == "datetime":
        return _local(str(value))
    return str(value) if isinstance(value, str | int | float) else ""


def _local(text: str) -> str:
    """What a `datetime-local` field shows for an RFC 3339 moment; what cannot be read stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(HONG_KONG).strftime("%Y-%m-%dT%H:%M") if moment.tzinfo else text


def _single(item: Item) -> Item:
    return Item(
        name=item.name,
        path=item.path,
        format=item.format,
        words=item.words,
        required=item.required,
        children=item.children,
        codes=item.codes,
        help=item.help,
        sensitive=item.sensitive,
    )


def _first_texts(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _first_texts(inner)]
    if isinstance(value, list):
        return []
    return [str(value)] if isinstance(value, str | int | float) and not isinstance(value, bool) else []
