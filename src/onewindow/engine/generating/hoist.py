"""Works out once what the rules of a document ask again and again: item values, first characters, fixed comparisons.

Takes the generated function and gives it back with such expressions assigned to names at the outermost place where they
can be known. All of them are pure, so evaluating them early changes nothing but time; only `float` raises, on
what is no number, and such a document takes the slower path anyway.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

_NUMBER_USES = 2


@dataclass
class _Level:
    """The function's body or a loop's: the names it binds, and the loops inside."""

    node: ast.FunctionDef | ast.For
    names: frozenset[str]
    depth: int
    inner: list[_Level] = field(default_factory=list)


@dataclass
class _Found:
    """An expression worth a name: how often it stands, and how deep."""

    node: ast.expr
    count: int = 0
    deepest: int = 0
    shallowest: int = sys.maxsize


def hoisted(lines: list[str]) -> list[str]:
    """The function's source with repeated and loop-invariant expressions named."""
    tree = ast.parse("\n".join(lines))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    taken = 0
    while chosen := _choose(_levels(function, frozenset({"d"}), 0)):
        names: dict[str, str] = {}
        for key, (found, _) in chosen.items():
            taken += 1
            names[key] = _name(found.node, taken)
        _Replace(names).visit(function)
        for key, (found, home) in chosen.items():
            home.node.body.insert(_place(home.node), ast.Assign([ast.Name(names[key], ast.Store())], found.node))
    ast.fix_missing_locations(tree)
    return [*ast.unparse(tree).splitlines(), ""]


def _levels(node: ast.FunctionDef | ast.For, names: frozenset[str], depth: int) -> _Level:
    bound = names | {target.id for statement in node.body for target in _assigned(statement)}
    level = _Level(node, bound, depth)
    for statement in node.body:
        if isinstance(statement, ast.For) and not _is_table_rule(statement):
            targets = {one.id for one in ast.walk(statement.target) if isinstance(one, ast.Name)}
            level.inner.append(_levels(statement, bound | targets, depth + 1))
    return level


def _assigned(statement: ast.stmt) -> list[ast.Name]:
    if not isinstance(statement, ast.Assign):
        return []
    return [target for target in statement.targets if isinstance(target, ast.Name) and target.id != "out"]


def _is_table_rule(statement: ast.For) -> bool:
    return isinstance(statement.target, ast.Name)


def _choose(top: _Level) -> dict[str, tuple[_Found, _Level]]:
    """Expressions of the simplest kind left, each with the level that can first know it. One layer a round."""
    found: dict[str, _Found] = {}
    levels = list(_all_levels(top))
    for level in levels:
        for node in _own_expressions(level.node):
            for one in _candidates(node):
                entry = found.setdefault(_key(one), _Found(one))
                entry.count += 1
                entry.deepest = max(entry.deepest, level.depth)
                entry.shallowest = min(entry.shallowest, level.depth)
    chosen = {}
    for key, entry in found.items():
        home = _home(entry.node, levels)
        if home is not None and _worth(entry, home):
            chosen[key] = (entry, home)
    return chosen


def _worth(entry: _Found, home: _Level) -> bool:
    """Asked for again, or in a loop inside. A number is dear: it is made once only where it is asked for anyway."""
    if _is_float(entry.node) and (entry.shallowest > home.depth or entry.count < _NUMBER_USES):
        return False
    return entry.count > 1 or entry.deepest > home.depth


def _all_levels(level: _Level) -> Iterator[_Level]:
    yield level
    for inner in level.inner:
        yield from _all_levels(inner)


def _home(node: ast.expr, levels: list[_Level]) -> _Level | None:
    """The outermost level that binds every name the expression uses; None when several could (same names in two)."""
    called = {one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id[0].islower()} - called
    used -= {target.id for one in ast.walk(node) if isinstance(one, ast.comprehension)
             for target in ast.walk(one.target) if isinstance(target, ast.Name)}  # fmt: skip
    homes = [level for level in levels if used <= level.names]
    if not used or not homes:
        return None
    least = min(level.depth for level in homes)
    homes = [level for level in homes if level.depth == least]
    return homes[0] if len(homes) == 1 else None


def _own_expressions(node: ast.FunctionDef | ast.For) -> Iterator[ast.expr]:
    """Expressions evaluated at this level: conditions, and what its loops run over."""
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            continue
        if isinstance(statement, ast.For) and not _is_table_rule(statement):
            yield statement.iter
            continue
        for one in ast.walk(statement):
            if isinstance(one, ast.stmt):
                yield from (child for child in ast.iter_child_nodes(one) if isinstance(child, ast.expr))


def _candidates(node: ast.AST) -> Iterator[ast.expr]:
    if _is_simple(node) and isinstance(node, ast.expr):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _candidates(child)


def _is_simple(node: ast.AST) -> bool:
    """One step from names: an attribute, a leading slice, a comparison with something fixed, a set of one column."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id not in ("out", "r")
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.SetComp):
        return isinstance(node.generators[0].iter, ast.Name) and node.generators[0].target.id != "r"  # type: ignore[attr-defined]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("any", "all"):
        return _over_one_table(node.args[0])
    if _is_float(node) and isinstance(node.args[0], ast.BoolOp):
        return isinstance(node.args[0].values[0], ast.Name)
    if isinstance(node, ast.Compare):
        fixed = isinstance(node.comparators[0], ast.Constant) or (
            isinstance(node.comparators[0], ast.Name) and node.comparators[0].id.isupper()
        )
        return len(node.ops) == 1 and fixed and isinstance(node.left, ast.Name) and node.left.id[:1] != "t"
    return False


def _is_float(node: ast.AST) -> TypeGuard[ast.Call]:
    """True for `float(text or 0)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"


def _over_one_table(node: ast.expr) -> bool:
    """True for a list over one named table whose condition looks at nothing but the row."""
    if not isinstance(node, ast.ListComp) or len(node.generators) != 1:
        return False
    loop = node.generators[0]
    row = loop.target.id if isinstance(loop.target, ast.Name) else ""
    names = {one.id for one in ast.walk(node.elt) if isinstance(one, ast.Name)}
    called = {one.func.id for one in ast.walk(node.elt) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    return isinstance(loop.iter, ast.Name) and all(name == row or name in called or name.isupper() for name in names)


def _key(node: ast.expr) -> str:
    """The same text for the same expression."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ast.unparse(node)


class _Replace(ast.NodeTransformer):
    """Puts the names where the expressions stood."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and _is_simple(node) and (name := self.names.get(_key(node))):
            return ast.Name(name, ast.Load())
        return super().generic_visit(node)


def _place(node: ast.FunctionDef | ast.For) -> int:
    """After the assignments that stand first."""
    return next((place for place, one in enumerate(node.body) if not isinstance(one, ast.Assign)), len(node.body))


def _name(node: ast.expr, number: int) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}__{node.attr}"
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return re.sub(r"\W+", "_", f"{node.value.id}_{ast.unparse(node.slice)}").rstrip("_")
    kind = "among" if isinstance(node, ast.SetComp) else "number" if _is_float(node) else "holds"
    return f"{kind}_{number}"
