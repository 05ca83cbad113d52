"""Makes one function of `formats` and `rules` for documents that pass: `passes(d, now)`, true when nothing is wrong.

The two look at the same values and go through the same tables. Here each table is gone through once, formats before
rules, and the first fault ends it: what is wrong, and what else, is found out by `rules` itself on the slower path.
"""

from __future__ import annotations

import ast


def fused(name: str, formats: list[str], rules: list[str]) -> list[str]:
    """The source of `passes` as `name`. At each level: formats, tables, then rules, which may look at whole tables."""
    first, second = _function(formats), _function(rules)
    body = _without_objects(first.body[:-1], {})
    merged = _merge([_row_named(one, "") for one in body], _first_fault(second.body[1:-1]))
    passes = ast.parse(f"def {name}(d, now): return True").body[0]
    assert isinstance(passes, ast.FunctionDef)
    passes.body = [*merged, ast.Return(ast.Constant(True))]
    ast.fix_missing_locations(passes)
    return ast.unparse(passes).splitlines()


def _function(lines: list[str]) -> ast.FunctionDef:
    function = ast.parse("\n".join(lines)).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def _without_objects(body: list[ast.stmt], known: dict[str, ast.expr]) -> list[ast.stmt]:
    """The statements with the names of inner objects (`o1 = d.importer`) written out, so that both speak alike."""
    kept: list[ast.stmt] = []
    for statement in body:
        written = _WriteOut(known).visit(statement) if not isinstance(statement, ast.If | ast.For) else statement
        if isinstance(written, ast.Assign) and isinstance(written.targets[0], ast.Name):
            known[written.targets[0].id] = written.value
        elif isinstance(written, ast.For | ast.If):
            kept.append(_opened(written, known))
        else:
            kept.append(written)
    return kept


def _opened(statement: ast.For | ast.If, known: dict[str, ast.expr]) -> ast.stmt:
    head = statement.iter if isinstance(statement, ast.For) else statement.test
    written = _WriteOut(known).visit(head)
    if isinstance(statement, ast.For):
        statement.iter = written
    else:
        statement.test = written
    statement.body = _without_objects(statement.body, known)
    return statement


class _WriteOut(ast.NodeTransformer):
    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.known.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _row_named(statement: ast.stmt, above: str) -> ast.stmt:
    """Loops of `formats` with the row names of `rules`: `row_goods_packages` for the packages of goods."""
    if isinstance(statement, ast.If):
        statement.body = [_row_named(one, above) for one in statement.body]
    if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
        path = ast.unparse(statement.iter)
        name = "row_" + "_".join(path.split(".")[1:]) if not above or path.startswith("d.") else ""
        name = name or f"{path.split('.')[0]}_{'_'.join(path.split('.')[1:])}"
        _Rename(statement.target.id, name).visit(statement)
        target = ast.Tuple([ast.Name(f"i_{name}", ast.Store()), ast.Name(name, ast.Store())], ast.Store())
        statement.target = target
        statement.iter = ast.Call(ast.Name("enumerate", ast.Load()), [statement.iter], [])
        statement.body = [_row_named(one, name) for one in statement.body]
    return statement


class _Rename(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.new, node.ctx) if node.id == self.old else node


def _first_fault(body: list[ast.stmt]) -> list[ast.stmt]:
    """`rules` with `out.append(…)` as `return False`."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.If | ast.For):
                node.body = [ast.Return(ast.Constant(False)) if isinstance(one, ast.Expr) else one for one in node.body]
    return body


def _merge(formats: list[ast.stmt], rules: list[ast.stmt]) -> list[ast.stmt]:
    """One list of statements, the loops over the same table made one."""
    loops: dict[str, ast.For] = {}
    plain: list[ast.stmt] = []
    for statement in _unguarded(formats):
        if isinstance(statement, ast.For):
            loops[ast.unparse(statement.target)] = statement
        else:
            plain.append(statement)
    later: list[ast.stmt] = []
    for statement in rules:
        if isinstance(statement, ast.For) and isinstance(statement.target, ast.Tuple):
            name = ast.unparse(statement.target)
            own = loops.get(name)
            statement.body = _merge(own.body if own else [], statement.body)
            loops[name] = statement
        else:
            later.append(statement)
    for loop in loops.values():
        if loop not in rules:
            loop.body = _merge(loop.body, [])
    return [*plain, *loops.values(), *later]


def _unguarded(body: list[ast.stmt]) -> list[ast.stmt]:
    """`if rows: <length check>; for …` as the check and the loop: an empty table passes both."""
    found: list[ast.stmt] = []
    for one in body:
        if isinstance(one, ast.If) and any(isinstance(inner, ast.For) for inner in one.body) and _is_length_guard(one):
            found += one.body
        else:
            found.append(one)
    return found


def _is_length_guard(guard: ast.If) -> bool:
    return isinstance(guard.test, ast.Attribute)
