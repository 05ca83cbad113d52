"""Remembers which combinations of codes have passed, so that the hundredth row of the same goods is not asked again.

Many rules about a row look only at codes, at what begins a code, and at whether something is given. Whether they hold
is a function of those few values; a combination that broke none of them is kept (a bounded set for each day), and the
next row with the same values passes over all of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FEWEST = 4
KEPT_MOST = 50_000
_BLOCK = """
key = ({key},)
if key not in {seen}:
    if len({seen}) < {most}:
        {seen}.add(key)
"""


def remember(node: ast.For, seen: str) -> bool:
    """Puts the loop's rules about codes under one look-up in the set named `seen`. False when there are too few."""
    codes = _codes(node)
    chosen = [one for one in node.body if isinstance(one, ast.If) and _about_codes(one, codes)]
    if sum(1 for one in chosen for _ in _tests(one)) < _FEWEST:
        return False
    used = {name for one in chosen for test in _tests(one) for name in _names(test)}
    key = sorted({_part(name, codes, node) for name in used})
    place = node.body.index(chosen[0])
    before = [one for one in node.body[:place] if one not in chosen]
    after = [one for one in node.body[place:] if one not in chosen]
    moved = _only_for(chosen, [*before, *after])
    block = ast.parse(_BLOCK.format(key=", ".join(key), seen=seen, most=KEPT_MOST)).body
    inside = block[1]
    assert isinstance(inside, ast.If)
    inside.body[:0] = [*moved, *chosen]
    node.body = [one for one in [*before, *block, *after] if one not in moved]
    return True


def _codes(node: ast.For) -> set[str]:
    """Names of row values that are compared with literals or sets, or whose beginning is looked at."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Compare) and isinstance(one.left, ast.Name) and _fixed(one.comparators[0]):
            found.add(one.left.id)
        if isinstance(one, ast.Subscript) and isinstance(one.value, ast.Name):
            found.add(one.value.id)
    return found & {_assigned(one) for one in node.body}


def _assigned(statement: ast.stmt) -> str:
    """The name an assignment gives; empty for anything else."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _fixed(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.Name) and node.id.startswith(("SET", "CODES", "COLUMN"))


def _tests(rule: ast.If) -> Iterator[ast.expr]:
    yield rule.test
    for one in rule.body:
        if isinstance(one, ast.If):
            yield from _tests(one)


def _about_codes(rule: ast.If, codes: set[str]) -> bool:
    """True when the rule's outcome follows from codes and from what is given."""
    simple = all(isinstance(one, ast.If | ast.Return) for one in rule.body)
    return simple and all(_follows(test, codes) for test in _tests(rule))


def _follows(node: ast.expr, codes: set[str]) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_follows(value, codes) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) and _follows(node.operand, codes)
    if isinstance(node, ast.Compare):
        return _compares_codes(node, codes)
    return isinstance(node, ast.Name)


def _compares_codes(node: ast.Compare, codes: set[str]) -> bool:
    left, right = node.left, node.comparators[0]
    if isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id.startswith("RE"):
        return isinstance(left.args[0], ast.Name) and left.args[0].id in codes
    operators = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    if not isinstance(left, ast.Name) or left.id not in codes or not isinstance(node.ops[0], operators):
        return False
    return _fixed(right) or (isinstance(right, ast.Name) and right.id in codes)


def _names(test: ast.expr) -> set[str]:
    """Names of values; constants are written in capitals."""
    return {one.id for one in ast.walk(test) if isinstance(one, ast.Name) and one.id[0].islower()}


def _part(name: str, codes: set[str], node: ast.For) -> str:
    """What the key holds of a value: the code itself (the whole one for its beginning), or whether it is given."""
    if name not in codes:
        return name if name.startswith("holds_") else f"not {name}"
    for one in node.body:
        if _assigned(one) == name and isinstance(one, ast.Assign) and isinstance(one.value, ast.Subscript):
            assert isinstance(one.value.value, ast.Name)
            return one.value.value.id
    return name


def _only_for(chosen: list[ast.If], others: list[ast.stmt]) -> list[ast.stmt]:
    """Beginnings that nothing but the chosen rules reads."""
    read = {one.id for other in others for one in ast.walk(other) if _is_read(one) and isinstance(one, ast.Name)}
    inside = {name for one in chosen for test in _tests(one) for name in _names(test)} - read
    return [
        one
        for one in others
        if _assigned(one) in inside and isinstance(one, ast.Assign) and isinstance(one.value, ast.Subscript)
    ]


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
