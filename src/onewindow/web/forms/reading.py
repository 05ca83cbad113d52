"""A document as people read it: label and text, in their language, with what changed since another version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from onewindow.definitions.codes import CodeList
from onewindow.definitions.model import Item
from onewindow.kernel.words import Words
from onewindow.web.dates import day_in_words, moment_in_words
from onewindow.web.forms import choices
from onewindow.web.forms.places import OPENING, Json, value_at
from onewindow.web.words_catalogue import words_of

LINES_MOST = 100
"""Rows of a list that are read in a line each; the list's own pages have them all."""
TEXTS_MOST = 4
"""What a line says of its row."""
BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: what was asked, what was said, what was said before (None: the same), and where.

    A line that stands for a whole row has the `path` of the row's own page.
    """

    label: str
    text: str
    pointer: str
    before: str | None = None
    is_file: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled run of answers; `depth` is how deep it stands below its page, `path` where it can be changed."""

    title: str
    path: str
    answers: tuple[Answer, ...]
    depth: int = 0


class Reader:
    """Reads documents of one definition in one language."""

    def __init__(
        self, root: Item, lists: Mapping[str, CodeList], language: str, *, rows_most: int | None = None
    ) -> None:
        """A list of more than `rows_most` rows, those of lists inside it counted, is read in lines, one for each row.

        Rows that are not as they were before are read in full, as many as `rows_most` of a list.
        """
        self.root = root
        self.lists = lists
        self.language = language
        self.rows_most = rows_most
        self._before: Json = None

    def sections(self, document: Json, before: Json = None) -> list[Section]:
        """Everything that was said; with `before`, answers that differ carry what stood there."""
        found = self._read(document, before)
        if before is None:
            return found
        old = {answer.pointer: answer for section in self._read(before, document) for answer in section.answers}
        compared = [replace(section, answers=_compared(section.answers, old)) for section in found]
        now = {answer.pointer for section in found for answer in section.answers}
        gone = tuple(
            replace(answer, text="", before=answer.text) for pointer, answer in old.items() if pointer not in now
        )
        return [*compared, Section(self._word("form.removed"), "", gone)] if gone else compared

    def _read(self, document: Json, before: Json) -> list[Section]:
        self._before = before
        return [*self._object(self.root, document, "", self._word("form.opening"), OPENING, 0)]

    def _object(self, item: Item, value: Json, pointer: str, title: str, path: str, depth: int) -> Iterator[Section]:
        inside = value if isinstance(value, dict) else {}
        leaves = [child for child in item.children if not child.is_object]
        answers = tuple(
            answer
            for child in leaves
            for answer in self._answers(child, inside.get(child.name), f"{pointer}/{child.name}")
        )
        if answers:
            yield Section(title, path, answers, depth)
        below = 0 if item is self.root else depth + 1
        for child in item.children:
            if child.is_object and child.name in inside:
                yield from self._group(child, inside[child.name], f"{pointer}/{child.name}", below)

    def _group(self, item: Item, value: Json, pointer: str, depth: int) -> Iterator[Section]:
        title = item.words.of(self.language)
        if not item.is_list:
            yield from self._object(item, value, pointer, title, pointer[1:], depth)
            return
        rows = value if isinstance(value, list) else []
        in_lines = self._is_long(item, rows, pointer)
        if in_lines:
            yield Section(title, pointer[1:], tuple(self._lines(item, rows, pointer)), depth)
        for place in self._changed(rows, pointer) if in_lines else range(len(rows)):
            at = f"{pointer}/{place}"
            yield from self._object(item, rows[place], at, f"{title} {place + 1}", at[1:], depth)

    def _is_long(self, item: Item, rows: list[Json], pointer: str) -> bool:
        """Now or before: what is compared must have been read the same way."""
        most = self.rows_most
        return most is not None and any(rows_in(item, one) > most for one in (rows, value_at(self._before, pointer)))

    def _changed(self, rows: list[Json], pointer: str) -> list[int]:
        if self._before is None:
            return []
        places = (place for place, row in enumerate(rows) if value_at(self._before, f"{pointer}/{place}") != row)
        return list(islice(places, self.rows_most))

    def _lines(self, item: Item, rows: list[Json], pointer: str) -> Iterator[Answer]:
        for place, row in enumerate(rows[:LINES_MOST]):
            at = f"{pointer}/{place}"
            yield Answer(str(place + 1), BETWEEN.join(self._said_first(item, row)), f"{at}/", path=at[1:])
        if len(rows) > LINES_MOST:
            more = words_of("form.more_rows").filled(n=len(rows) - LINES_MOST)
            yield Answer("", more.of(self.language), pointer)

    def _said_first(self, item: Item, row: Json) -> list[str]:
        """The first things a row says of itself, and how many rows there are in each list inside it."""
        inside = row if isinstance(row, dict) else {}
        leaves = (child for child in item.children if not child.is_object and not child.is_list)
        texts = (self.text(leaf, inside[leaf.name]) for leaf in leaves if inside.get(leaf.name) not in (None, ""))
        lists = ((child, inside.get(child.name)) for child in item.children if child.is_object and child.is_list)
        counts = [
            f"{child.words.of(self.language)} × {len(value)}" for child, value in lists if isinstance(value, list)
        ]
        return [*islice(texts, TEXTS_MOST), *counts]

    def _answers(self, item: Item, value: Json, pointer: str) -> Iterator[Answer]:
        values = value if item.is_list and isinstance(value, list) else [value]
        for place, one in enumerate(values):
            if one not in (None, "", [], {}):
                at = f"{pointer}/{place}" if item.is_list else pointer
                is_file = item.format.kind == "attachment"
                yield Answer(item.words.of(self.language), self.text(item, one), at, is_file=is_file)

    def text(self, item: Item, value: Json) -> str:
        """A leaf's value in words."""
        if isinstance(value, bool):
            return self._word("layout.yes" if value else "layout.no")
        text = str(value)
        if item.codes:
            return choices.shown(self.lists.get(item.codes), text, self.language)
        if item.format.kind == "date":
            return _day(text, self.language)
        if item.format.kind == "datetime":
            return _moment(text, self.language)
        return _grouped(text) if item.format.kind == "decimal" else text

    def _word(self, key: str) -> str:
        return words_of(key).of(self.language)


def rows_in(item: Item, value: Json) -> int:
    """How many rows stand in a value, those of lists inside its rows counted."""
    if item.is_list and isinstance(value, list):
        return sum(1 + _rows_below(item, row) for row in value)
    return _rows_below(item, value)


def _rows_below(item: Item, value: Json) -> int:
    inside = value if isinstance(value, dict) else {}
    return sum(rows_in(child, inside.get(child.name)) for child in item.children if child.is_object)


def _compared(answers: tuple[Answer, ...], old: Mapping[str, Answer]) -> tuple[Answer, ...]:
    return tuple(
        answer
        if (was := old.get(answer.pointer)) and was.text == answer.text
        else replace(answer, before=was.text if was else "")
        for answer in answers
    )


def _day(text: str, language: str) -> str:
    try:
        return day_in_words(date.fromisoformat(text), language)
    except ValueError:
        return text


def _moment(text: str, language: str) -> str:
    try:
        return moment_in_words(datetime.fromisoformat(text), language)
    except ValueError:
        return text


def _grouped(text: str) -> str:
    """`1234567.50` as `1,234,567.50`; what is no number stays as it is."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isascii() and whole.isdigit() else text


def words_text(words: Words | None, language: str) -> str:
    """Words in a language; nothing for None."""
    return words.of(language) if words else ""
