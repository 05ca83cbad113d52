"""Generates a struct for every object of a document, and one function that checks all formats in one pass.

One combined pattern an object: its text leaves are joined with a separator that no value may hold, so one match settles
them all (measured: twice as fast as a pattern a field).
"""

from __future__ import annotations

import re

from onewindow.definitions.formats import FREE, PRINTABLE
from onewindow.definitions.model import Item
from onewindow.engine.generating.constants import Constants
from onewindow.engine.generating.expression_code import attribute, class_name

SEPARATOR = "\x1f"
SHOWN_SEPARATOR = "\\x1f"
_SIZE = re.compile(r"\{(\d+),(\d+)\}")
"""Sizes become possessive: what a leaf's class took is never given back, so a mismatch is found at once."""
_ANY_LENGTH = re.compile(r"(\[[^]]*\])\{1,(\d+)\}\+")
_TEXTUAL = {"text", "decimal", "date", "datetime", "attachment"}


def struct_source(root: Item) -> list[str]:
    """Class statements, inner objects first."""
    lines: list[str] = []
    for child in root.children:
        if child.is_object:
            lines += struct_source(child)
    renames = {attribute(child.name): child.name for child in root.children if attribute(child.name) != child.name}
    rename = f", rename={renames!r}" if renames else ""
    lines.append(
        f"class {class_name(root)}"
        f"(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False{rename}):"
    )
    lines += [f"    {attribute(child.name)}: {_annotation(child)}" for child in root.children] or ["    pass"]
    lines += [f"EMPTY_{class_name(root)} = {class_name(root)}()", ""]
    return lines


def _annotation(item: Item) -> str:
    kind = item.format.kind
    one = class_name(item) if item.is_object else {"integer": "int", "flag": "bool"}.get(kind, "str")
    if item.is_list:
        return f"list[{one}] = []"
    if item.is_object:
        return f"{one} = EMPTY_{one}"
    return "str = ''" if one == "str" else f"{one} | None = None"


class FormatCode:
    """Writes `formats(d)`: true when every leaf of the decoded document is as its format, list and place demand.

    All text leaves that do not repeat go through one match: those of the document, and those of each row. For bodies
    whose bytes are known to be `printable`, what may be any text is measured instead, and only the rest is matched.
    """

    def __init__(self, constants: Constants, *, printable: bool = False) -> None:
        self.constants = constants
        self.printable = printable
        self.lines: list[str] = []
        self._objects = 0

    def function(self, root: Item) -> list[str]:
        """The function's source."""
        self.lines = ["def formats(d):"]
        self._record(root, "d", 1, 0)
        return [*self.lines, "    return True", ""]

    def _write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _refuse_if(self, depth: int, condition: str) -> None:
        self._write(depth, f"if {condition}: return False")

    def _record(self, item: Item, here: str, depth: int, level: int) -> None:
        """The document or a row: its texts in one match, then everything else."""
        variables = {item.path: here}
        self._name_objects(item, depth, variables)
        slots = self._slots(item, variables)
        if slots:
            name = self.constants.name("RE", SEPARATOR.join(self._pattern_parts(item)[0]))
            self._refuse_if(depth, f'{name}(f"{SHOWN_SEPARATOR.join(f"{{{slot}}}" for slot in slots)}") is None')
        self._others(item, variables, depth, level)

    def _name_objects(self, item: Item, depth: int, variables: dict[str, str]) -> None:
        for child in item.children:
            if child.is_object and not child.is_list:
                self._objects += 1
                variables[child.path] = f"o{self._objects}"
                self._write(depth, f"o{self._objects} = {variables[item.path]}.{attribute(child.name)}")
                self._name_objects(child, depth, variables)

    def _others(self, item: Item, variables: dict[str, str], depth: int, level: int) -> None:
        for child in item.children:
            code = f"{variables[item.path]}.{attribute(child.name)}"
            if child.is_list:
                self._list(child, code, depth, level)
            elif child.is_object:
                self._inner(child, variables, depth, level)
            else:
                self._leaf(child, code, depth)

    def _inner(self, item: Item, variables: dict[str, str], depth: int, level: int) -> None:
        if item.required:
            self._others(item, variables, depth, level)
            return
        before = len(self.lines)
        self._write(depth, f"if {variables[item.path]} is not EMPTY_{class_name(item)}:")
        self._others(item, variables, depth + 1, level)
        if len(self.lines) == before + 1:
            self.lines.pop()

    def _leaf(self, item: Item, code: str, depth: int) -> None:
        kind = item.format.kind
        given = "" if item.required else f"{code} and "
        if item.codes:
            self._refuse_if(depth, f"{given}{code} not in {self.constants.codes(item.codes)}")
        elif kind == "integer":
            most = 10**item.format.digits - 1
            missing = f"{code} is None or" if item.required else f"{code} is not None and"
            self._refuse_if(depth, f"{missing} not 0 <= {code} <= {most}")
        elif kind == "flag" and item.required:
            self._refuse_if(depth, f"{code} is None")
        elif kind in ("date", "datetime"):
            self._refuse_if(depth, f"{given}not DAYS[{code}{'[:10]' if kind == 'datetime' else ''}]")
        elif self.printable and (too_long := _beyond(item, code, required=item.required)):
            self._refuse_if(depth, too_long)

    def _list(self, item: Item, code: str, depth: int, level: int) -> None:
        least, most = item.repeat or (0, 1)
        if least:
            self._refuse_if(depth, f"not {least} <= len({code}) <= {most}")
        else:
            self._write(depth, f"if {code}:")
            depth += 1
            self._refuse_if(depth, f"len({code}) > {most}")
        variable = f"r{level}"
        before = len(self.lines)
        self._write(depth, f"for {variable} in {code}:")
        if item.is_object:
            self._record(item, variable, depth + 1, level + 1)
        else:
            self._value_of_list(item, variable, depth + 1)
        if len(self.lines) == before + 1:
            self.lines.pop()

    def _value_of_list(self, item: Item, code: str, depth: int) -> None:
        if item.codes:
            self._refuse_if(depth, f"{code} not in {self.constants.codes(item.codes)}")
        elif self.printable and (too_long := _beyond(item, code, required=True)):
            self._refuse_if(depth, too_long)
        elif item.format.kind in _TEXTUAL:
            name = self.constants.name("RE", leaf_pattern(item, required=True))
            self._refuse_if(depth, f"{name}({code}) is None")

    def _slots(self, item: Item, variables: dict[str, str]) -> list[str]:
        """Sources of the text leaves that one match settles, in the order of `_pattern_parts`."""
        slots = []
        for child in item.children:
            if child.is_list:
                continue
            if child.is_object:
                slots += self._slots(child, variables)
            elif self._is_slot(child):
                slots.append(f"{variables[item.path]}.{attribute(child.name)}")
        return slots

    def _pattern_parts(self, item: Item) -> tuple[list[str], bool]:
        """The patterns of an object's leaves and of those in it, and whether all of them may be empty."""
        parts: list[str] = []
        may_be_empty = True
        for child in item.children:
            if child.is_list or not (child.is_object or self._is_slot(child)):
                continue
            if not child.is_object:
                parts.append(leaf_pattern(child))
                may_be_empty &= not child.required
                continue
            inner, empty = self._pattern_parts(child)
            if inner and not child.required and not empty:
                parts.append(f"(?:{SEPARATOR * (len(inner) - 1)}|{SEPARATOR.join(inner)})")
            else:
                parts += inner
                may_be_empty &= empty
        return parts, may_be_empty

    def _is_slot(self, item: Item) -> bool:
        if item.codes or item.format.kind not in _TEXTUAL:
            return False
        return not self.printable or (item.format.kind != "date" and not _beyond(item, "", required=True))


def _beyond(leaf: Item, code: str, *, required: bool) -> str:
    """Source that is true when a leaf that may be any printable text has another length; empty for other leaves."""
    if leaf.format.kind != "text" or not leaf.format.pattern.startswith((PRINTABLE, FREE)):
        return ""
    least, most = leaf.format.least_length, leaf.format.most_length
    if required:
        return f"not {max(least, 1)} <= len({code}) <= {most}"
    return f"len({code}) > {most}" if least <= 1 else f"{code} and not {least} <= len({code}) <= {most}"


def leaf_pattern(leaf: Item, *, required: bool | None = None) -> str:
    """The pattern of a leaf's text; it may be empty unless required."""
    needed = leaf.required if required is None else required
    pattern = _SIZE.sub(r"{\1,\2}+", leaf.format.pattern)
    if needed:
        return pattern.replace("{0,", "{1,") if leaf.format.multiline else pattern
    if one_class := _ANY_LENGTH.fullmatch(pattern):
        return f"{one_class.group(1)}{{0,{one_class.group(2)}}}+"
    return pattern if leaf.format.least_length == 0 else f"(?:{pattern}|)"
