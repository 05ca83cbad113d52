"""Places in a document: pointers, the items they name, and the sections a form is divided into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onewindow.definitions.model import Item

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
INLINE_LEAVES = 8
"""A repeating group of up to so many leaves is filled in on its parent's page; a larger one has a page a row."""
ONE_PAGE_LEAVES = 30
"""A form of up to so many leaves is one page."""
OPENING = "opening"
"""The section of the leaves that stand at the document's root."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document with a page of its own: the items shown there and the pointer they stand below."""

    name: str
    item: Item
    pointer: str
    items: tuple[Item, ...]
    is_listing: bool


def parts_of(pointer: str) -> list[str]:
    """RFC 6901: `/goods/0/value` is `["goods", "0", "value"]`."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def leaves_in(item: Item) -> int:
    """How many leaf positions an item has."""
    return sum(leaves_in(child) for child in item.children) if item.is_object else 1


def has_own_pages(item: Item) -> bool:
    """True for a repeating group too large to stand inside its parent's page."""
    return item.is_object and item.is_list and leaves_in(item) > INLINE_LEAVES


def sections(root: Item) -> Iterator[Place]:
    """The pages of a form: one for a short form; else the root's own leaves first, then one for each group."""
    if leaves_in(root) <= ONE_PAGE_LEAVES and not any(has_own_pages(item) for item in root.children):
        yield Place(OPENING, root, "", root.children, is_listing=False)
        return
    opening = tuple(item for item in root.children if not item.is_object)
    if opening:
        yield Place(OPENING, root, "", opening, is_listing=False)
    for item in root.children:
        if item.is_object:
            yield _place(item.name, item, f"/{item.name}", row=False)


def place_at(root: Item, path: str) -> Place | None:
    """The page at `goods`, `goods/0` or `consignments/3/goods/1`; None where the definition has no such page."""
    if path == OPENING:
        return next((place for place in sections(root) if place.name == OPENING), None)
    item, row = root, False
    for part in path.split("/"):
        if item.is_list and not row and item is not root:
            if not part.isdecimal() or len(part) > 6:
                return None
            row = True
            continue
        child = item.child(part)
        if child is None or not child.is_object:
            return None
        item, row = child, False
    return _place(path, item, f"/{path}", row=row)


def _place(name: str, item: Item, pointer: str, *, row: bool) -> Place:
    return Place(name, item, pointer, item.children, is_listing=item.is_list and not row)


def item_at(root: Item, pointer: str) -> Item | None:
    """The item a pointer leads to; row numbers are passed over."""
    at: Item | None = root
    for part in parts_of(pointer):
        if at is not None and not part.isdecimal():
            at = at.child(part)
    return at


def value_at(document: Json, pointer: str) -> Json:
    """What stands at a pointer; None when nothing does."""
    value = document
    for part in parts_of(pointer):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def put_at(document: dict[str, Json], pointer: str, value: Json) -> None:
    """Puts a value at a pointer and makes what is missing on the way; a row may be appended, not skipped to."""
    parts = parts_of(pointer)
    at: Json = document
    for place, part in enumerate(parts[:-1]):
        at = _step(at, part, [] if parts[place + 1].isdecimal() else {}, replace=False)
    _step(at, parts[-1], value, replace=True)


def _step(at: Json, part: str, fresh: Json, *, replace: bool) -> Json:
    if isinstance(at, dict):
        if replace or not isinstance(at.get(part), dict | list):
            at[part] = fresh
        return at[part]
    if isinstance(at, list) and part.isdecimal() and int(part) <= len(at):
        if int(part) == len(at):
            at.append(fresh)
        elif replace or not isinstance(at[int(part)], dict | list):
            at[int(part)] = fresh
        return at[int(part)]
    raise ValueError(f"no place {part!r} in the document")


def without_empty(value: Json) -> Json:
    """The document as it is lodged: nothing empty in it. None when nothing is left."""
    if isinstance(value, dict):
        kept: dict[str, Json] = {
            name: inner for name, old in value.items() if (inner := without_empty(old)) is not None
        }
        return kept or None
    if isinstance(value, list):
        rows: list[Json] = [inner for old in value if (inner := without_empty(old)) is not None]
        return rows or None
    return None if value == "" else value


def page_of(root: Item, pointer: str) -> str:
    """The path of the page on which a pointer's field is filled in."""
    parts = parts_of(pointer)
    first = root.child(parts[0]) if parts else None
    if first is None or not first.is_object or first.name not in {place.name for place in sections(root)}:
        return OPENING
    path, item = parts[0], first
    for number, part in enumerate(parts[1:], start=1):
        if part.isdecimal():
            if has_own_pages(item):
                path = "/".join(parts[: number + 1])
            continue
        child = item.child(part)
        if child is None:
            break
        item = child
    return path
