"""What a person typed, as JSON: names of fields are pointers, so a page may be any part of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from onewindow.definitions.codes import CodeList
from onewindow.definitions.model import Item
from onewindow.kernel.hong_kong import HONG_KONG
from onewindow.web.forms import choices
from onewindow.web.forms.places import Json, Place, has_own_pages, put_at, value_at

ROWS_MOST = 1000


class Typed:
    """One posted page."""

    def __init__(self, posted: Mapping[str, str], lists: Mapping[str, CodeList], *, day: date) -> None:
        self.posted = posted
        self.lists = lists
        self.day = day

    def keep(self, place: Place, document: dict[str, Json]) -> None:
        """Puts what was typed into the document; what the page did not ask for stays as it was."""
        if place.is_listing:
            if not has_own_pages(place.item):
                put_at(
                    document, place.pointer, self._rows(place.item, place.pointer, value_at(document, place.pointer))
                )
            return
        before = value_at(document, place.pointer) if place.pointer else document
        after = self._object(place.items, place.pointer, before)
        if place.pointer:
            put_at(document, place.pointer, after)
        else:
            document.clear()
            document.update(after)

    def _object(self, items: tuple[Item, ...], pointer: str, before: Json) -> dict[str, Json]:
        after: dict[str, Json] = dict(before) if isinstance(before, dict) else {}
        for item in items:
            value = self._value(item, f"{pointer}/{item.name}", after.get(item.name))
            if value in (None, "", [], {}):
                after.pop(item.name, None)
            else:
                after[item.name] = value
        return after

    def _value(self, item: Item, pointer: str, before: Json) -> Json:
        if has_own_pages(item):
            return before
        if item.is_list:
            return self._rows(item, pointer, before)
        if item.is_object:
            return self._object(item.children, pointer, before)
        return self._leaf(item, pointer, before)

    def _rows(self, item: Item, pointer: str, before: Json) -> Json:
        places = self._places(pointer)
        old = before if isinstance(before, list) else []
        rows: list[Json] = []
        for place in places:
            at, was = f"{pointer}/{place}", old[place] if place < len(old) else None
            rows.append(self._object(item.children, at, was) if item.is_object else self._leaf(item, at, was) or "")
        return rows if item.is_object else [row for row in rows if row != ""]

    def _places(self, pointer: str) -> list[int]:
        found = re.compile(re.escape(pointer) + r"/(\d{1,6})(?:/|$)")
        places = {int(match.group(1)) for name in self.posted if (match := found.match(name))}
        return sorted(places)[:ROWS_MOST]

    def _leaf(self, item: Item, pointer: str, before: Json) -> Json:
        if pointer not in self.posted:
            return before
        text = self.posted[pointer].replace("\r\n", "\n").replace("\x00", "").strip()
        if not text:
            return None
        kind = item.format.kind
        if kind == "flag":
            return {"true": True, "false": False}.get(text, text)
        if kind == "integer":
            return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else text
        if kind == "decimal":
            return text.replace(",", "").replace(" ", "")
        if kind == "datetime":
            return _with_zone(text)
        codes = self.lists.get(item.codes) if item.codes else None
        return choices.meant(codes, text, self.day) if codes else text


def _with_zone(text: str) -> str:
    """`2026-11-22T10:00` as typed in Hong Kong, with its zone; other text as it is, for the checker to name."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.isoformat() if moment.tzinfo else moment.replace(tzinfo=HONG_KONG).isoformat()


def add_row(document: dict[str, Json], pointer: str, item: Item) -> int | None:
    """Adds an empty row; its number, or None when there is no room."""
    rows = value_at(document, pointer)
    now: list[Json] = list(rows) if isinstance(rows, list) else []
    if item.repeat is None or len(now) >= min(item.repeat[1], ROWS_MOST):
        return None
    put_at(document, pointer, [*now, {} if item.is_object else ""])
    return len(now)


def remove_row(document: dict[str, Json], pointer: str) -> None:
    """Removes the row at `/goods/3`; nothing happens when there is none."""
    parent, _, place = pointer.rpartition("/")
    rows = value_at(document, parent)
    if isinstance(rows, list) and place.isdecimal() and int(place) < len(rows):
        put_at(document, parent, [*rows[: int(place)], *rows[int(place) + 1 :]])
