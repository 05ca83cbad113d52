"""Adds up columns while the tables are gone through anyway, for documents that pass.

A rule that compares a stated total with its parts needs them all; the loop over the rows has each in its hand. Decimals
are added as floating point: a sum well within the tolerance settles the rule, any other goes the exact way (`differs`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

_SUMS = ("differs", "count_of")


def tallied(lines: list[str]) -> list[str]:
    """The source of `passes` with the sums of the document's rules made in its loops."""
    function = ast.parse("\n".join(lines)).body[0]
    assert isinstance(function, ast.FunctionDef)
    for number, (rule, call) in enumerate(list(_sums(function))):
        _tally(function, rule, call, f"total_{number}")
    added = {ast.unparse(node.value) for node in ast.walk(function) if isinstance(node, ast.AugAssign)}
    return ast.unparse(ast.fix_missing_locations(_Positive(added).visit(function))).splitlines()


def float_of(text: str) -> str:
    """Source of a decimal's floating point number; zero when absent."""
    return f"float({text} or 0)"


def _sums(function: ast.FunctionDef) -> Iterator[tuple[ast.If, ast.Call]]:
    for rule in function.body:
        if isinstance(rule, ast.If):
            yield from ((rule, node) for node in ast.walk(rule.test) if _is_call(node, _SUMS))  # type: ignore[misc]


def _is_call(node: ast.AST, names: Sequence[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _tally(function: ast.FunctionDef, rule: ast.If, call: ast.Call, total: str) -> None:
    """Makes one sum in the loops; leaves the rule as it is when there are none for its tables."""
    decimals = _is_call(call, ("differs",))
    column = call.args[1 if decimals else 0]
    if not isinstance(column, ast.ListComp) or any(one.ifs for one in column.generators):
        return
    body: list[ast.stmt] = function.body
    names: dict[str, str] = {}
    for table in column.generators:
        loop = _loop(body, _renamed(table.iter, names))
        if loop is None:
            return
        names[ast.unparse(table.target)] = ast.unparse(loop.target.elts[1])  # type: ignore[attr-defined]
        body = loop.body
    part = _renamed(column.elt, names)
    body.insert(0, _statement(f"{total} += {float_of(part) if decimals else f'{part} or 0'}"))
    function.body.insert(0, _statement(f"{total} = {'0.0' if decimals else '0'}"))
    told = _asked_first(call, total) if decimals else ast.Name(total, ast.Load())
    put = _Put(call, told).visit(rule.test)
    assert isinstance(put, ast.expr)
    rule.test = put


def _asked_first(call: ast.Call, total: str) -> ast.expr:
    """The exact comparison, asked only when the floating point one does not settle it."""
    stated, tolerance = ast.unparse(call.args[0]), ast.unparse(call.args[2])
    unsettled = f"abs({float_of(stated)} - {total}) + 1e-09 * {total} >= {tolerance}"
    return ast.parse(f"({unsettled}) and {ast.unparse(call)}", mode="eval").body


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _loop(body: Sequence[ast.stmt], table: str) -> ast.For | None:
    """The loop over the rows of `table`, as `fused` writes loops."""
    wanted = f"enumerate({table})"
    return next((one for one in body if isinstance(one, ast.For) and ast.unparse(one.iter) == wanted), None)


def _renamed(node: ast.expr, names: Mapping[str, str]) -> str:
    return ast.unparse(_Rename(names).visit(deepcopy(node)))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), ast.Load())


class _Put(ast.NodeTransformer):
    """Puts one expression where another stands."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old = old
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


class _Positive(ast.NodeTransformer):
    """`positive(x)` by its first digit, or by the number that a sum has made anyway.

    A decimal that does not begin below "1" is above zero; none is so small that its number would be zero.
    """

    def __init__(self, numbers: set[str]) -> None:
        self.numbers = numbers

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not _is_call(node, ("positive",)):
            return node
        text = ast.unparse(node.args[0])
        number = float_of(text)
        told = f"{number} > 0" if number in self.numbers else f"({text} >= '1' or positive({text}))"
        return ast.parse(told, mode="eval").body
