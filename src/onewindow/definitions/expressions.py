"""The small expression language: Python's syntax, of which only what docs/language.md lists is allowed.

This module parses, refuses what is not in the language, and finds which items an expression reads. The engine generates
code from the same tree.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from onewindow.definitions.model import Item

FUNCTIONS = {
    "present": (1, 1), "absent": (1, 1), "count": (1, 1), "sum": (1, 1), "min_of": (1, 1), "max_of": (1, 1),
    "any": (2, 2), "all": (2, 2), "distinct": (1, 1), "starts": (2, 2), "first": (2, 2), "length": (1, 1),
    "matches": (2, 2), "days": (2, 2), "add_days": (2, 2), "add_months": (2, 2), "hours": (2, 2), "ceil": (1, 1),
    "floor": (1, 1), "round_up": (2, 2), "min": (2, 9), "max": (2, 9), "rate": (1, 2), "in_list": (2, 2),
    "valid": (2, 2),
}  # fmt: skip
"""Name → least and most arguments."""
ROW_FUNCTIONS = {"any", "all"}
AGGREGATES = {"count", "sum", "min_of", "max_of", "distinct"}
CONSTANTS = {"as_of", "now", "true", "false"}

_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult,
    ast.Div, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.IfExp, ast.Call,
    ast.Name, ast.Attribute, ast.Load, ast.Constant, ast.List, ast.Tuple,
)  # fmt: skip


class ExpressionError(Exception):
    """What is wrong with an expression, and its cure; the caller adds the place."""

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Row:
    """A row that names may be read from: the repeating item, and the variable that holds the row."""

    item: Item
    variable: str


@dataclass(frozen=True, slots=True)
class Read:
    """An item an expression reads: the items on the way (root excluded), and whether inside an aggregate."""

    way: tuple[Item, ...]
    aggregated: bool

    @property
    def item(self) -> Item:
        return self.way[-1]


def parse(text: str) -> ast.expr:
    """The expression's tree. Raises ExpressionError for anything outside the language."""
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"cannot read {text!r}: {error.msg}", "see Expressions in docs/language.md") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ExpressionError(f"{type(node).__name__} is not in the language: {text!r}", "see docs/language.md")
        if isinstance(node, ast.Call):
            _check_call(node)
        if isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, float, bool)):
            raise ExpressionError(f"{node.value!r} is no text or number", "write a text or a number")
    return tree.body


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        raise ExpressionError(f"no function {name!r}", f"functions: {', '.join(sorted(FUNCTIONS))}")
    least, most = FUNCTIONS[name]
    if node.keywords or not least <= len(node.args) <= most:
        raise ExpressionError(f"{name} takes {least} to {most} arguments", f"count the commas in {ast.unparse(node)}")


def dotted(node: ast.expr) -> str | None:
    """`goods.value` for a name or attribute chain, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = dotted(node.value)
        return None if above is None else f"{above}.{node.attr}"
    return None


def walk_to(root: Item, name: str) -> tuple[Item, ...] | None:
    """The items from below `root` to the one named by the dotted `name`; None when there is none."""
    way: list[Item] = []
    here = root
    for part in name.split("."):
        child = here.child(part)
        if child is None:
            return None
        way.append(child)
        here = child
    return tuple(way)


def resolve(name: str, root: Item, rows: tuple[Row, ...]) -> tuple[Row | None, tuple[Item, ...]]:
    """Where a dotted name leads: the row it starts from (None: the document) and the items from there.

    Inside `any`/`all` the row's own names come first; then a path through a row in scope; then the whole document.
    Raises ExpressionError.
    """
    if rows and rows[-1].variable.startswith("w") and (way := walk_to(rows[-1].item, name)):
        return rows[-1], way
    way_from_root = walk_to(root, name)
    if way_from_root is None:
        raise ExpressionError(f"no item {name!r}", f"items here: {', '.join(child.name for child in root.children)}")
    for row in reversed(rows):
        for depth, item in enumerate(way_from_root):
            if item.path == row.item.path:
                return row, way_from_root[depth + 1 :]
    return None, way_from_root


def reads(node: ast.expr, root: Item, rows: tuple[Row, ...], *, aggregated: bool = False) -> Iterator[Read]:
    """Every item the expression reads."""
    name = dotted(node)
    if name is not None:
        if name not in CONSTANTS:
            row, way = resolve(name, root, rows)
            yield Read(way or (row.item,) if row else way, aggregated)
        return
    if isinstance(node, ast.Call):
        yield from _reads_of_call(node, root, rows, aggregated=aggregated)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from reads(child, root, rows, aggregated=aggregated)


def _reads_of_call(node: ast.Call, root: Item, rows: tuple[Row, ...], *, aggregated: bool) -> Iterator[Read]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in ROW_FUNCTIONS:
        _, way = resolve(dotted(node.args[0]) or "", root, rows)
        yield Read(way, aggregated=True)
        inner = (*rows, Row(way[-1], f"w{len(rows)}"))
        yield from reads(node.args[1], root, inner, aggregated=True)
        return
    inside = aggregated or name in AGGREGATES or name in {"present", "absent"}
    for argument in node.args:
        yield from reads(argument, root, rows, aggregated=inside)
