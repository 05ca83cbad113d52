"""Generates one function that runs every rule of a document in one pass over its tables.

Each rule becomes `if <violated>: out.append((number, places))`; rules about the rows of one table share its loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from onewindow.definitions.expressions import ExpressionError, Row, dotted, parse, reads, walk_to
from onewindow.definitions.model import Item, Rule
from onewindow.engine.check_digits import SCHEMES
from onewindow.engine.generating.constants import Constants
from onewindow.engine.generating.expression_code import ExpressionCode, attribute


@dataclass
class _Loop:
    """A table's loop: its rules' lines, and the loops of tables inside its rows."""

    variable: str = "d"
    rows: tuple[Row, ...] = ()
    lines: list[tuple[int, str]] = field(default_factory=list)
    inner: dict[str, _Loop] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule runs: the tables around its item, outermost first, and the item itself."""

    tables: tuple[Item, ...]
    way: tuple[Item, ...]


def scope_of(root: Item, name: str, *, whole_table: bool = False) -> Scope:
    """The tables around an item. `whole_table`: the innermost one is looked at as a whole, not row by row."""
    way = walk_to(root, name)
    if way is None:
        raise ExpressionError(f"no item {name!r}", "correct the name")
    around = way[:-1] if way[-1].is_object or whole_table else way
    tables = tuple(item for item in around if item.is_list)
    if whole_table:
        tables = tuple(item for item in way if item.is_list)[:-1]
    return Scope(tables, way)


class RuleCode:
    """Writes `rules(d, now)`, which returns the violations as (rule number, row numbers)."""

    def __init__(self, root: Item, constants: Constants, lists: frozenset[str]) -> None:
        self.root = root
        self.constants = constants
        self.lists = lists
        self.top = _Loop()

    def add(self, number: int, rule: Rule) -> None:
        """Generates the rule's lines into its loop. Raises ExpressionError."""
        whole = rule.kind in ("unique-by", "same-across")
        loop = self._loop(scope_of(self.root, rule.item, whole_table=whole).tables)
        code = ExpressionCode(self.root, self.constants, loop.rows, self.lists)
        writer = _KINDS[rule.kind]
        indices = "".join(f"i_{row.variable}, " for row in loop.rows)
        guards = [f"VALID[{number}]"] if rule.valid.first or rule.valid.last else []
        if rule.dated_by:
            guards = [f"valid_on({number}, {code.path(rule.dated_by)})"]
        if rule.when and rule.kind not in ("required-if", "forbidden-if"):
            guards.append(code.truth(rule.when))
        if whole:
            loop.lines += _table_rule(rule, number, code, guards, indices)
            return
        condition = " and ".join([*guards, writer(rule, code)])
        loop.lines.append((0, f"if {condition}: out.append(({number}, ({indices})))"))

    def _loop(self, tables: tuple[Item, ...]) -> _Loop:
        here = self.top
        for table in tables:
            if table.path not in here.inner:
                variable = f"row_{table.path.replace('.', '_')}"
                here.inner[table.path] = _Loop(variable, (*here.rows, Row(table, variable)))
            here = here.inner[table.path]
        return here

    def function(self, name: str, *, mostly_empty: bool = False) -> list[str]:
        """The function's source. For standing rules it finds where they are to be asked.

        Tables that are `mostly_empty` are looked at before they are gone through.
        """
        lines = self._lines(self.top, 1, mostly_empty=mostly_empty)
        return [f"def {name}(d, now):", "    out = []", *lines, "    return out", ""]

    def _lines(self, loop: _Loop, depth: int, *, mostly_empty: bool) -> list[str]:
        lines = ["    " * (depth + deeper) + text for deeper, text in loop.lines]
        for path, inner in loop.inner.items():
            source = ExpressionCode(self.root, self.constants, loop.rows, self.lists).path(path)
            deeper = depth
            if mostly_empty:
                lines.append("    " * depth + f"if {source}:")
                deeper += 1
            lines.append("    " * deeper + f"for i_{inner.variable}, {inner.variable} in enumerate({source}):")
            lines += self._lines(inner, deeper + 1, mostly_empty=mostly_empty)
        return lines


def rule_reads(rule: Rule, root: Item) -> frozenset[str]:
    """Paths of the items a rule looks at, besides the one it points to: a malformed one silences the rule."""
    paths: set[str] = {rule.item}
    for key in ("of", "after", "before", "refers"):
        if key in rule.parameters and rule.parameters[key] != "as_of":
            paths.add(str(rule.parameters[key]))
    rows = tuple(Row(table, f"g{depth}") for depth, table in enumerate(scope_of(root, rule.item).tables))
    for text in (rule.when, str(rule.parameters.get("test", ""))):
        if text:
            paths |= {read.item.path for read in reads(parse(text), root, rows)}
    return frozenset(paths)


def _required_if(rule: Rule, code: ExpressionCode) -> str:
    return f"{code.truth(rule.when)} and not {code.present(rule.item)}"


def _forbidden_if(rule: Rule, code: ExpressionCode) -> str:
    return f"{code.truth(rule.when)} and {code.present(rule.item)}"


def _must_be(rule: Rule, code: ExpressionCode) -> str:
    test = str(rule.parameters["test"])
    return code.broken(test)


def _one_of(rule: Rule, code: ExpressionCode) -> str:
    names = rule.parameters["items"]
    given = " + ".join(f"bool({code.present(str(name))})" for name in (names if isinstance(names, list) else []))
    least, most = rule.parameters.get("at_least", 1), rule.parameters.get("at_most", 1)
    return f"not {least} <= {given} <= {most}"


def _sum_equals(rule: Rule, code: ExpressionCode) -> str:
    value, whole = code.value(rule.item), code.value(f"sum({rule.parameters['of']})")
    tolerance = code.value(str(rule.parameters.get("tolerance", 0)))
    if value.text.startswith("num(") and whole.text.startswith("total_of("):
        return f"differs({value.text[4:-1]}, {whole.text.removeprefix('total_of(')[:-1]}, {tolerance.text})"
    return f"(s := {value.text}) is not None and abs(s - {whole.text}) > {tolerance.text}"


def _count_equals(rule: Rule, code: ExpressionCode) -> str:
    value, rows = code.value(rule.item), code.value(f"count({rule.parameters['of']})")
    return f"(s := {value.text}) is not None and s != {rows.text}"


def _date_order(rule: Rule, code: ExpressionCode) -> str:
    after, before = rule.parameters.get("after"), rule.parameters.get("before")
    if (after is None) == (before is None):
        raise ExpressionError("date-order needs after or before", 'write after = "other_date"')
    first, second = (after, rule.item) if after else (rule.item, before)
    gap = f"(s := {code.value(f'days({first}, {second})').text}) is not None"
    tests = [f"s < {rule.parameters.get('least_days', 0)}"]
    if "most_days" in rule.parameters:
        tests.append(f"s > {rule.parameters['most_days']}")
    return f"{gap} and ({' or '.join(tests)})"


def _in_list(rule: Rule, code: ExpressionCode) -> str:
    name, item = str(rule.parameters["list"]), code.path(rule.item)
    day = code.path(rule.dated_by) if rule.dated_by else "None"
    if day == "None" and "column" not in rule.parameters:
        return f"{code.present(rule.item)} and {item} not in {code.constants.codes(name)}"
    if "column" in rule.parameters:
        column, equals = str(rule.parameters["column"]), str(rule.parameters.get("equals", ""))
        if day == "None":
            return f"{code.present(rule.item)} and {item} not in {code.constants.codes_where(name, column, equals)}"
        return f"{code.present(rule.item)} and {item} not in codes_where({name!r}, {column!r}, {equals!r}, {day})"
    return f"{code.present(rule.item)} and {item} not in codes_on({name!r}, {day})"


def _check_digit(rule: Rule, code: ExpressionCode) -> str:
    scheme = str(rule.parameters["scheme"])
    if scheme not in SCHEMES:
        raise ExpressionError(f"no check digit scheme {scheme!r}", f"schemes: {', '.join(SCHEMES)}")
    return f"{code.present(rule.item)} and not valid({code.path(rule.item)}, {scheme!r})"


def _asked(rule: Rule, code: ExpressionCode) -> str:
    return code.present(rule.item)


def _pattern(rule: Rule, code: ExpressionCode) -> str:
    name = code.constants.name("RE", str(rule.parameters["regex"]))
    return f"{code.present(rule.item)} and {name}({code.path(rule.item)}) is None"


def _table_rule(
    rule: Rule, number: int, code: ExpressionCode, guards: list[str], indices: str
) -> list[tuple[int, str]]:
    way = walk_to(code.root, rule.item) or ()
    table = next((item for item in reversed(way) if item.is_list), None)
    if table is None:
        raise ExpressionError(f"{rule.item} lies in no table", "name an item of a repeating table")
    rows = code.path(table.path)
    parts = _key(rule, table)
    key, one = f"({', '.join(parts)},)", ", ".join(parts)
    one = one if len(parts) == 1 else f"({one})"
    source, suspicious = f"repeated([{key} for r in {rows}])", f"len({{{one} for r in {rows}}}) < len({rows})"
    if rule.kind == "same-across":
        inner = ".".join(["r", *(attribute(item.name) for item in way[way.index(table) + 1 :])])
        start = f"{inner}[:{rule.parameters.get('length', 99)}]"
        source, suspicious = f"different([{start} for r in {rows}])", f"len({{{start} for r in {rows}}}) > 1"
        if "unless" in rule.parameters:
            guards = [*guards, f"not {code.truth(str(rule.parameters['unless']))}"]
    head = [(0, f"if {' and '.join(guards)}:")] if guards else []
    deeper = len(head)
    return [
        *head,
        (deeper, f"if len({rows}) > 1 and {suspicious}:"),
        (deeper + 1, f"for i in {source}: out.append(({number}, ({indices}i,)))"),
    ]


def _key(rule: Rule, table: Item) -> list[str]:
    names = rule.parameters.get("by", [])
    parts = []
    for name in [names] if isinstance(names, str) else (names if isinstance(names, list) else []):
        way = walk_to(table, str(name).removeprefix(f"{table.path}."))
        if way is None or dotted(parse(str(name))) is None:
            raise ExpressionError(f"{name!r} is no item of {table.path}", "name items of the row")
        parts.append(".".join(["r", *(attribute(item.name) for item in way)]))
    if not parts and not table.is_object:
        parts = ["r"]
    return parts


_KINDS: Mapping[str, Callable[[Rule, ExpressionCode], str]] = {
    "required-if": _required_if,
    "forbidden-if": _forbidden_if,
    "must-be": _must_be,
    "one-of": _one_of,
    "sum-equals": _sum_equals,
    "count-equals": _count_equals,
    "date-order": _date_order,
    "in-list": _in_list,
    "check-digit": _check_digit,
    "pattern": _pattern,
    "refers-to": _asked,
    "within-balance": _asked,
    "attachment-clean": _asked,
    "unique-by": _required_if,
    "same-across": _required_if,
}
