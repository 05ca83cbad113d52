"""The slower path of a refused document: every finding at once, each with its place and remedy.

Walks the plain JSON beside the item tree, and builds the same structs leniently (malformed leaves left absent), so that
the generated rules can run; a rule that looks at a malformed leaf is silent about that row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest

from onewindow.definitions.model import Item
from onewindow.engine.checking.runtime import DAYS
from onewindow.engine.generating.expression_code import attribute, class_name
from onewindow.engine.generating.struct_code import leaf_pattern
from onewindow.kernel.finding import Finding, pointer_of
from onewindow.kernel.words import Words

Pointer = tuple[str | int, ...]
FINDINGS_MOST = 1_000
"""A document is told this many faults; more help nobody."""
_SHOWN_MOST = 200


class Number(str):
    """A JSON number, as it was written."""

    __slots__ = ()


def plain(body: bytes) -> object:
    """The JSON value, numbers kept as written. The body has passed the guard."""
    return json.loads(body, parse_int=Number, parse_float=Number)


@dataclass
class Collector:
    """Collects findings of one document. `codes` are the lists of the day, `words` the engine's own sentences."""

    space: Mapping[str, object]
    codes: Mapping[str, frozenset[str]]
    words: Mapping[str, Words]
    findings: list[Finding] = field(default_factory=list)
    malformed: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)

    def document(self, value: object, root: Item) -> object | None:
        """The document as structs; None when it is not an object at all."""
        if not isinstance(value, dict):
            self._add("TYPE-OBJECT", root, (), value)
            return None
        return self._object({key: one for key, one in value.items() if key != "$service"}, root, ())

    def _add(self, code: str, item: Item, pointer: Pointer, value: object = None, **more: object) -> None:
        places = tuple(part for part in pointer if isinstance(part, int))
        self.malformed.setdefault(item.path, []).append(places)
        if len(self.findings) >= FINDINGS_MOST:
            return
        sentence, remedy = self.words[code], self.words[f"{code}-REMEDY"]
        name = str(pointer[-1]) if pointer else ""
        label = {"value": shown(value), "item": item.words, "format": item.format.written, "name": name, **more}
        self.findings.append(
            Finding(code, "error", pointer_of(pointer), fill(sentence, label), fill(remedy, label), value=shown(value))
        )

    def _object(self, value: Mapping[str, object], item: Item, pointer: Pointer) -> object:
        known = {child.name: child for child in item.children}
        for name in value:
            if name not in known and len(self.findings) < FINDINGS_MOST:
                self._add("UNKNOWN", item, (*pointer, name), value[name], known=_nearest(name, known))
        cells = {
            attribute(name): self._child(value.get(name), child, (*pointer, name)) for name, child in known.items()
        }
        present = {name: cell for name, cell in cells.items() if cell is not None}
        build = self.space[class_name(item)]
        assert callable(build)
        return build(**present)

    def _child(self, value: object, item: Item, pointer: Pointer) -> object | None:
        if item.is_list:
            return self._list(value, item, pointer)
        if item.is_object:
            return self._inner(value, item, pointer)
        if value is None or value == "":
            if item.required:
                self._add("REQUIRED", item, pointer)
            return None
        return self._leaf(value, item, pointer)

    def _inner(self, value: object, item: Item, pointer: Pointer) -> object | None:
        if not item.required and blank(value):
            return None
        if value is not None and not isinstance(value, dict):
            self._add("TYPE-OBJECT", item, pointer, value)
            return None
        return self._object(value or {}, item, pointer)

    def _list(self, value: object, item: Item, pointer: Pointer) -> object | None:
        rows = [] if value is None else value
        if not isinstance(rows, list):
            self._add("TYPE-LIST", item, pointer, value)
            return None
        least, most = item.repeat or (0, 1)
        if len(rows) < least:
            self._add("REQUIRED" if not rows else "TOO-FEW", item, pointer, least=least)
        if len(rows) > most:
            self._add("TOO-MANY", item, pointer, len(rows), most=most)
            rows = rows[:most]
        return [self._row(row, item, (*pointer, number)) for number, row in enumerate(rows)]

    def _row(self, row: object, item: Item, pointer: Pointer) -> object:
        if not item.is_object:
            if row is None or row == "":
                self._add("REQUIRED", item, pointer)
            found = None if row is None or row == "" else self._leaf(row, item, pointer)
            return "" if found is None else found
        if not isinstance(row, dict):
            self._add("TYPE-OBJECT", item, pointer, row)
            build = self.space[class_name(item)]
            assert callable(build)
            return build()
        return self._object(row, item, pointer)

    def _leaf(self, value: object, item: Item, pointer: Pointer) -> object | None:
        kind = item.format.kind
        if kind == "flag":
            return self._flag(value, item, pointer)
        if kind == "integer":
            return self._integer(value, item, pointer)
        if isinstance(value, Number) and kind != "decimal":
            self._add("TYPE-TEXT", item, pointer, value)
            return None
        if not isinstance(value, str):
            self._add("TYPE-TEXT", item, pointer, value)
            return None
        if item.codes:
            return self._code(str(value), item, pointer)
        return self._text(str(value), item, pointer)

    def _text(self, text: str, item: Item, pointer: Pointer) -> str | None:
        dated = item.format.kind in ("date", "datetime")
        if matcher(leaf_pattern(item, required=True)).fullmatch(text) and (not dated or DAYS[text[:10]]):
            return text
        self._add(
            fault_of(text, item), item, pointer, text, most=item.format.most_length, decimals=item.format.decimals
        )
        return None

    def _code(self, code: str, item: Item, pointer: Pointer) -> str | None:
        if code in self.codes[item.codes]:
            return code
        self._add("CODE-LIST", item, pointer, code, list=item.codes, known=_nearest(code, self.codes[item.codes]))
        return None

    def _flag(self, value: object, item: Item, pointer: Pointer) -> bool | None:
        if isinstance(value, bool):
            return value
        self._add("TYPE-FLAG", item, pointer, value)
        return None

    def _integer(self, value: object, item: Item, pointer: Pointer) -> int | None:
        if not isinstance(value, Number):
            self._add("TYPE-NUMBER", item, pointer, value)
            return None
        if re.fullmatch(r"-?\d+", value) and 0 <= int(value) < 10**item.format.digits:
            return int(value)
        self._add("NUMBER-RANGE", item, pointer, value, digits=item.format.digits)
        return None


def fault_of(text: str, item: Item) -> str:
    """The code of the sentence that tells best what is wrong with a text."""
    kind = item.format.kind
    if kind in ("date", "datetime", "decimal", "attachment"):
        return f"FORMAT-{kind.upper()}"
    if len(text) > item.format.most_length:
        return "TOO-LONG"
    if len(text) < item.format.least_length:
        return "TOO-SHORT"
    return "FORMAT-CHARACTERS"


def blank(value: object) -> bool:
    """True for what counts as not given: null, "", and objects of nothing but that."""
    if isinstance(value, dict):
        return all(blank(one) for one in value.values())
    return value is None or value == "" or value == []


def fill(words: Words, values: Mapping[str, object]) -> Words:
    """Fills `{name}` in each language; words are filled in that language."""
    texts = []
    for language in ("en", "zh-Hant", "zh-Hans"):
        text = words.of(language)
        for name, value in values.items():
            text = text.replace("{" + name + "}", value.of(language) if isinstance(value, Words) else str(value))
        texts.append(text)
    return Words(*texts)


def shown(value: object) -> object:
    """The offending value as it is told back: short, and never a whole structure."""
    if isinstance(value, Number):
        return str(value)[:_SHOWN_MOST]
    if isinstance(value, str):
        return value[:_SHOWN_MOST]
    return value if value is None or isinstance(value, bool | int) else f"{type(value).__name__}"


@lru_cache(maxsize=4_096)
def matcher(pattern: str) -> re.Pattern[str]:
    """The compiled pattern."""
    return re.compile(pattern)


def _nearest(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """A few known names, those most alike first."""
    wanted = name.lower()[:3]
    return ", ".join(nsmallest(5, known, key=lambda one: (not one.lower().startswith(wanted), one)))
