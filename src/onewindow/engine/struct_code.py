"""Generates a struct for every object of a document, and one function that checks all formats in one pass.

One combined pattern an object: its text leaves are joined with a separator that no value may hold, so one match settles
them all (measured: twice as fast as a pattern a field).
"""

from __future__ import annotations

from onewindow.definitions.model import Item
from onewindow.engine.expression_code import Constants, attribute, class_name

SEPARATOR = "\x1f"
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
    """Writes `formats(d)`: true when every leaf of the decoded document is as its format, list and place demand."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants
        self.lines: list[str] = []
        self.lists: set[str] = set()

    def function(self, root: Item) -> list[str]:
        """The function's source."""
        self.lines = ["def formats(d):"]
        self._object(root, "d", 1, 0)
        return [*self.lines, "    return True", ""]

    def _write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _refuse_if(self, depth: int, condition: str) -> None:
        self._write(depth, f"if {condition}: return False")

    def _object(self, item: Item, here: str, depth: int, level: int) -> None:
        self._joined_pattern(item, here, depth)
        for child in item.children:
            code = f"{here}.{attribute(child.name)}"
            if child.is_list:
                self._list(child, code, depth, level)
            elif child.is_object:
                self._inner(child, code, depth, level)
            else:
                self._leaf(child, code, depth)

    def _joined_pattern(self, item: Item, here: str, depth: int) -> None:
        leaves = [
            leaf for leaf in item.children if not leaf.is_list and not leaf.codes and leaf.format.kind in _TEXTUAL
        ]
        if not leaves:
            return
        pattern = SEPARATOR.join(leaf_pattern(leaf) for leaf in leaves)
        name = self.constants.name("RE", pattern)
        joined = "\\x1f".join(f"{{{here}.{attribute(leaf.name)}}}" for leaf in leaves)
        self._refuse_if(depth, f'{name}(f"{joined}") is None')

    def _leaf(self, item: Item, code: str, depth: int) -> None:
        kind = item.format.kind
        if item.codes:
            self.lists.add(item.codes)
            self._refuse_if(depth, f"{code} not in {codes_name(item.codes, required=item.required)}")
        elif kind == "integer":
            most = 10**item.format.digits - 1
            if item.required:
                self._refuse_if(depth, f"{code} is None or not 0 <= {code} <= {most}")
            else:
                self._refuse_if(depth, f"{code} is not None and not 0 <= {code} <= {most}")
        elif kind == "flag" and item.required:
            self._refuse_if(depth, f"{code} is None")
        elif kind in ("date", "datetime"):
            day = code if kind == "date" else f"{code}[:10]"
            self._refuse_if(depth, f"not DAYS[{day}]" if item.required else f"{code} and not DAYS[{day}]")

    def _inner(self, item: Item, code: str, depth: int, level: int) -> None:
        variable = f"o{level}"
        self._write(depth, f"{variable} = {code}")
        if item.required:
            self._object(item, variable, depth, level + 1)
            return
        self._write(depth, f"if {variable} is not EMPTY_{class_name(item)}:")
        before = len(self.lines)
        self._object(item, variable, depth + 1, level + 1)
        if len(self.lines) == before:
            self._write(depth + 1, "pass")

    def _list(self, item: Item, code: str, depth: int, level: int) -> None:
        least, most = item.repeat or (0, 1)
        self._refuse_if(depth, f"not {least} <= len({code}) <= {most}")
        variable = f"r{level}"
        self._write(depth, f"for {variable} in {code}:")
        before = len(self.lines)
        if item.is_object:
            self._object(item, variable, depth + 1, level + 1)
        else:
            self._value_of_list(item, variable, depth + 1)
        if len(self.lines) == before:
            self._write(depth + 1, "pass")

    def _value_of_list(self, item: Item, code: str, depth: int) -> None:
        if item.codes:
            self.lists.add(item.codes)
            self._refuse_if(depth, f"{code} not in {codes_name(item.codes, required=True)}")
        elif item.format.kind in _TEXTUAL:
            name = self.constants.name("RE", leaf_pattern(item, required=True))
            self._refuse_if(depth, f"{name}({code}) is None")


def leaf_pattern(leaf: Item, *, required: bool | None = None) -> str:
    """The pattern of a leaf's text; it may be empty unless required."""
    needed = leaf.required if required is None else required
    pattern = leaf.format.pattern
    if needed:
        return pattern.replace("{0,", "{1,") if pattern.endswith("}") and leaf.format.least_length == 0 else pattern
    return pattern if leaf.format.least_length == 0 else f"(?:{pattern})?"


def codes_name(name: str, *, required: bool) -> str:
    """The variable that holds a list's codes of the day, with or without the absent value."""
    plain = name.replace("-", "_")
    return f"CODES_{plain}" if required else f"CODES_{plain}_OR_NONE"
