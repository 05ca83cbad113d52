"""Puts rules that begin with the same question under one: is the heading among those any of them is about?

Most goods are no concern of most rules. Rules whose condition begins with a membership of the same value are gathered
below one membership of the union; rules that begin with the same fixed condition below that condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from onewindow.engine.generating.constants import Constants
from onewindow.engine.generating.remember import remember

_FEWEST = 2


def gathered(lines: list[str], constants: Constants) -> list[str]:
    """The function's source with such rules gathered, in every loop."""
    tree = ast.parse("\n".join(lines))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    _gather(function, constants)
    ast.fix_missing_locations(tree)
    return [*ast.unparse(tree).splitlines(), ""]


def _gather(node: ast.FunctionDef | ast.For, constants: Constants) -> None:
    bodies: dict[str, list[ast.If]] = {}
    for statement in node.body:
        if isinstance(statement, ast.For) and not isinstance(statement.target, ast.Name):
            _gather(statement, constants)
        if isinstance(statement, ast.If) and (subject := _subject(statement.test)):
            bodies.setdefault(subject, []).append(statement)
    for subject, rules in bodies.items():
        if len(rules) >= _FEWEST:
            place = node.body.index(rules[0])
            node.body = [one for one in node.body if one not in rules]
            node.body.insert(place, ast.If(_union(subject, rules, constants), list(rules), []))
    if isinstance(node, ast.For):
        seen = f"SEEN{len(constants.values)}"
        if remember(node, seen):
            constants.values[seen] = None


def _conjuncts(test: ast.expr) -> Iterable[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _conjuncts(value)
    else:
        yield test


def _subject(test: ast.expr) -> str:
    """What the condition begins by asking about; empty when it is nothing that can be gathered."""
    first = next(iter(_conjuncts(test)))
    if isinstance(first, ast.Name) and first.id.startswith("holds_"):
        return first.id
    if (
        isinstance(first, ast.Compare)
        and isinstance(first.left, ast.Name)
        and isinstance(first.ops[0], ast.Eq | ast.In)
    ):
        return first.left.id if _values(first) else ""
    return ""


def _values(test: ast.Compare) -> tuple[str, ...]:
    """The names or literals a value is compared with."""
    right = test.comparators[0]
    if isinstance(test.ops[0], ast.In):
        return (right.id,) if isinstance(right, ast.Name) and right.id.startswith("SET") else ()
    return (repr(right.value),) if isinstance(right, ast.Constant) and isinstance(right.value, str) else ()


def _union(subject: str, rules: list[ast.If], constants: Constants) -> ast.expr:
    if subject.startswith("holds_"):
        return ast.Name(subject, ast.Load())
    union: set[object] = set()
    for rule in rules:
        first = next(iter(_conjuncts(rule.test)))
        assert isinstance(first, ast.Compare)
        for written in _values(first):
            known = constants.values.get(written)
            union |= set(known) if isinstance(known, frozenset) else {ast.literal_eval(written)}
    name = constants.name("SET", frozenset(union))
    return ast.Compare(ast.Name(subject, ast.Load()), [ast.In()], [ast.Name(name, ast.Load())])
