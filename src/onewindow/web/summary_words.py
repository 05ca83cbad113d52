"""The summary a submission is stored with, in words: codes, days and counts as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from onewindow.definitions.codes import CodeList
from onewindow.definitions.expressions import walk_to
from onewindow.definitions.model import Definition, Item
from onewindow.web.forms.reading import Reader

BETWEEN = " · "


def summary_in_words(
    definition: Definition,
    stored: str,
    lists: Mapping[str, CodeList],
    language: str,
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """`1 · Fook Lee · 2026-11-19 · 5` as `Form 1: import declaration · Fook Lee · 19 November 2026 · Goods item × 5`.

    What was not filled in is missing from what is stored: a part goes to the first item that it can be an answer to.
    `names` are what companies are called that the summary names in English. A summary that cannot be told apart is
    shown as it is.
    """
    parts, items = stored.split(BETWEEN), [_asked(definition.root, name) for name in definition.summary]
    reader, said = Reader(definition.root, lists, language), []
    for place, part in enumerate(parts):
        while items and len(items) > len(parts) - place and not _fits(items[0], part, lists):
            items.pop(0)
        if not items:
            return stored
        said.append(_said(items.pop(0), part, reader, names))
    return BETWEEN.join(said)


def _asked(root: Item, name: str) -> Item:
    """The item a part of the summary comes from; for anything inside a list, the list, whose rows are counted."""
    way = walk_to(root, name) or (root,)
    return next((item for item in way if item.is_list), way[-1])


def _fits(item: Item, part: str, lists: Mapping[str, CodeList]) -> bool:
    if item.is_list:
        return part.isdecimal()
    codes = lists.get(item.codes) if item.codes else None
    if codes is not None:
        return codes.words(part) is not None
    return item.format.kind not in ("date", "datetime") or part[:10].count("-") == 2


def _said(item: Item, part: str, reader: Reader, names: Mapping[str, str]) -> str:
    if item.is_list:
        return f"{item.words.of(reader.language)} × {part}" if part.isdecimal() else part
    codes = reader.lists.get(item.codes) if item.codes else None
    words = codes.words(part) if codes else None
    return words.of(reader.language) if words else names.get(part) or reader.text(item, part)
