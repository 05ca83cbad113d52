"""Turns an expression's tree into Python source, knowing each part's type, so that no check is left to run time."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from onewindow.definitions.expressions import CONSTANTS, ExpressionError, Row, dotted, parse, reads, resolve, walk_to
from onewindow.definitions.model import Item
from onewindow.engine.check_digits import SCHEMES
from onewindow.engine.generating.constants import Constants

Type = Literal["text", "number", "date", "datetime", "flag", "truth", "object"]
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_SIMPLE = re.compile(r"[a-z]\w*(\.\w+)*(\[:\d+\])?")
"""An item's value as it stands, which may be read twice at no cost."""
_ANYWHERE = re.compile(r"(\(\?[a-z]+\))?\.\*(\([^()]*\)|[^()|]*)\.\*")
"""A pattern that may stand anywhere in a text: looked for, which is faster than matching what is around it."""
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "over"}
_KINDS: dict[str, Type] = {
    "text": "text", "attachment": "text", "decimal": "number", "integer": "number", "date": "date",
    "datetime": "datetime", "flag": "flag", "object": "object",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """Source of a value, its type, and whether it can be absent."""

    text: str
    type: Type
    sure: bool = False


def attribute(name: str) -> str:
    """The struct's attribute for an item's name (`from` becomes `from_`)."""
    return f"{name}_" if keyword.iskeyword(name) else name


def presence(item: Item, code: str) -> str:
    """Source that is true when the item at `code` is given."""
    if item.is_list:
        return code
    if item.is_object:
        empty = f"EMPTY_{class_name(item)}"
        return f"({code} is not {empty} and {code} != {empty})"
    return f"({code} is not None)" if item.format.kind in ("integer", "flag") else code


def class_name(item: Item) -> str:
    """The generated struct's name."""
    return (
        "".join(part.capitalize() for part in item.path.replace(".", "_").split("_")) + "Rec"
        if item.path
        else "Document"
    )


class ExpressionCode:
    """Generates code for expressions over the items of one document, below `rows`."""

    def __init__(
        self, root: Item, constants: Constants, rows: tuple[Row, ...] = (), lists: frozenset[str] = frozenset()
    ) -> None:
        self.root = root
        self.constants = constants
        self.rows = rows
        self.lists = lists
        self.known_given: frozenset[str] = frozenset()
        self._variables = 0

    def truth(self, text: str) -> str:
        """Source of a condition. Raises ExpressionError."""
        return self._truth(parse(text))

    def value(self, text: str) -> Code:
        """Source of a value. Raises ExpressionError."""
        return self._value(parse(text))

    def broken(self, text: str) -> str:
        """Source that is true when everything the expression reads outright is given, and it is false."""
        read = [read.item.path for read in reads(parse(text), self.root, self.rows) if not read.aggregated]
        given = [self.present(path) for path in dict.fromkeys(read)]
        self.known_given = frozenset(read)
        test = self.truth(text)
        self.known_given = frozenset()
        return " and ".join([*given, f"not {test}"])

    def present(self, name: str) -> str:
        """Source that is true when the item is given."""
        row, way = resolve(name, self.root, self.rows)
        item = way[-1] if way else (row.item if row else self.root)
        return presence(replace(item, repeat=None) if not way else item, self._path(row, way))

    def path(self, name: str) -> str:
        """Source of an item's raw value."""
        row, way = resolve(name, self.root, self.rows)
        return self._path(row, way)

    def _path(self, row: Row | None, way: Sequence[Item], start: str = "") -> str:
        for item in way[:-1]:
            if item.is_list:
                raise ExpressionError(
                    f"{way[-1].path} lies in the table {item.path}", "use sum, count, any, all or distinct"
                )
        return ".".join([start or (row.variable if row else "d"), *(attribute(item.name) for item in way)])

    def _fresh(self) -> str:
        self._variables += 1
        return f"t{self._variables}_{len(self.rows)}"

    def _truth(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            return "(" + word.join(self._truth(value) for value in node.values) + ")"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"(not {self._truth(node.operand)})"
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "present":
            return self.present(dotted(node.args[0]) or ast.unparse(node.args[0]))
        code = self._value(node)
        if code.type == "truth":
            return code.text
        if code.type == "flag":
            return f"({code.text} is True)"
        raise ExpressionError(f"{ast.unparse(node)!r} is not a condition", "compare it, or write present(…)")

    def _comparison(self, node: ast.Compare) -> str:
        parts, left = [], node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                parts.append(self._membership(left, right, inside=isinstance(operator, ast.In)))
            else:
                parts.append(self._relation(left, _OPERATORS[type(operator)], right))
            left = right
        return parts[0] if len(parts) == 1 else "(" + " and ".join(parts) + ")"

    def _membership(self, left: ast.expr, right: ast.expr, *, inside: bool) -> str:
        if not isinstance(right, ast.List | ast.Tuple):
            raise ExpressionError("in wants a list of values", "write x in ['A', 'B'], or in_list(x, 'list')")
        values = tuple(self._literal(element) for element in right.elts)
        name = self.constants.name("SET", frozenset(values))
        code = self._value(left)
        if inside:
            return f"({code.text} in {name})"
        if _SIMPLE.fullmatch(code.text):
            return f"({code.text} and {code.text} not in {name})"
        variable = self._fresh()
        absent = "is not None" if code.type == "number" else "!= ''"
        return f"(({variable} := {code.text}) {absent} and {variable} not in {name})"

    @staticmethod
    def _literal(node: ast.expr) -> object:
        if not isinstance(node, ast.Constant):
            raise ExpressionError(f"{ast.unparse(node)!r} is not a literal", "write texts or numbers")
        return Decimal(repr(node.value)) if isinstance(node.value, float) else node.value

    def _relation(self, left: ast.expr, operator: str, right: ast.expr) -> str:
        if isinstance(right, ast.Constant) and right.value == "":
            name = dotted(left)
            given = f"bool({self.present(name)})" if name else f"({self._value(left).text} not in ('', None))"
            return given if operator == "!=" else f"(not {given})"
        one, two = self._value(left), self._value(right)
        if "flag" in (one.type, two.type) or "truth" in (one.type, two.type):
            return f"({one.text} is {two.text})" if operator == "==" else f"({one.text} is (not {two.text}))"
        one, two = self._same_type(one, two, ast.unparse(left), ast.unparse(right))
        return self._guarded(one, operator, two)

    @staticmethod
    def _same_type(one: Code, two: Code, left: str, right: str) -> tuple[Code, Code]:
        if one.type == two.type and one.type != "datetime":
            return one, two
        times = {"date", "datetime"}
        if {one.type, two.type} <= times | {"text"} and "datetime" in (one.type, two.type):
            return Code(f"instant({one.text})", "number"), Code(f"instant({two.text})", "number")
        if {one.type, two.type} == {"date", "text"}:
            return one, two
        raise ExpressionError(
            f"{left} and {right} cannot be compared: {one.type} and {two.type}", "compare like with like"
        )

    def _guarded(self, one: Code, operator: str, two: Code) -> str:
        if one.text.startswith("num(") and (operator, two.text) == (">", "0"):
            return f"positive({one.text[4:-1]})"
        if one.sure and two.sure and one.text.startswith("num(") and two.text.startswith("num("):
            return self._between_decimals(one, operator, two)
        if operator == "==" and (one.sure or two.sure):
            return f"({one.text} == {two.text})"
        tests, sides = [], []
        for code in (one, two):
            if code.sure:
                sides.append(code.text)
                continue
            if code.type != "number" and _SIMPLE.fullmatch(code.text):
                tests.append(code.text)
                sides.append(code.text)
                continue
            variable = self._fresh()
            tests.append(f"({variable} := {code.text}) " + ("is not None" if code.type == "number" else "!= ''"))
            sides.append(variable)
        return "(" + " and ".join([*tests, f"{sides[0]} {operator} {sides[1]}"]) + ")"

    @staticmethod
    def _between_decimals(one: Code, operator: str, two: Code) -> str:
        """Rounding to floating point keeps order, so a strict difference there settles it; the rest is exact."""
        exact = f"{one.text} {operator} {two.text}"
        if operator[0] not in "<>":
            return f"({exact})"
        return f"(float({one.text[4:-1]} or 0) {operator[0]} float({two.text[4:-1]} or 0) or {exact})"

    def _value(self, node: ast.expr) -> Code:
        if isinstance(node, ast.Constant):
            return self._constant(node.value)
        name = dotted(node)
        if name is not None:
            return self._named(name)
        if isinstance(node, ast.BinOp):
            sides = f"{self._number(node.left)}, {self._number(node.right)}"
            return Code(f"{_ARITHMETIC[type(node.op)]}({sides})", "number")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Code(f"minus(0, {self._number(node.operand)})", "number")
        if isinstance(node, ast.IfExp):
            one, two = self._value(node.body), self._value(node.orelse)
            return Code(f"({one.text} if {self._truth(node.test)} else {two.text})", one.type, one.sure and two.sure)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
            return Code(self._truth(node), "truth", sure=True)
        raise ExpressionError(f"cannot use {ast.unparse(node)!r} here", "see Expressions in docs/language.md")

    def _constant(self, value: object) -> Code:
        if isinstance(value, bool):
            return Code(repr(value), "truth", sure=True)
        if isinstance(value, str):
            return Code(repr(value), "text", sure=True)
        if isinstance(value, int):
            return Code(repr(value), "number", sure=True)
        return Code(self.constants.name("DEC", Decimal(repr(value))), "number", sure=True)

    def _named(self, name: str) -> Code:
        if name in ("true", "false"):
            return Code(name.capitalize(), "truth", sure=True)
        if name == "as_of":
            return Code("AS_OF", "date", sure=True)
        if name == "now":
            return Code("now", "datetime", sure=True)
        row, way = resolve(name, self.root, self.rows)
        item = way[-1] if way else (row.item if row else self.root)
        if way and item.is_list:
            raise ExpressionError(f"{name} is a table", "use count, sum, any, all or distinct")
        code = self._typed(item, self._path(row, way))
        return replace(code, sure=item.path in self.known_given)

    @staticmethod
    def _typed(item: Item, code: str) -> Code:
        return Code(f"num({code})" if item.format.kind == "decimal" else code, _KINDS[item.format.kind])

    def _number(self, node: ast.expr) -> str:
        code = self._value(node)
        if code.type != "number":
            raise ExpressionError(f"{ast.unparse(node)!r} is not a number", "calculate with numbers only")
        return code.text

    def _text(self, node: ast.expr) -> str:
        code = self._value(node)
        if code.type not in ("text", "date", "datetime"):
            raise ExpressionError(f"{ast.unparse(node)!r} is not a text", "give a text or a date")
        return code.text

    def _string(self, node: ast.expr) -> str:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise ExpressionError(f"{ast.unparse(node)!r} must be written out", "give a quoted text")
        return node.value

    def _call(self, node: ast.Call) -> Code:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ("count", "sum", "min_of", "max_of", "distinct"):
            return self._aggregate(name, node.args[0])
        if name in ("any", "all"):
            return self._over_rows(name, node)
        if name in ("present", "absent"):
            given = self.present(dotted(node.args[0]) or ast.unparse(node.args[0]))
            return Code(f"bool({given})" if name == "present" else f"(not {given})", "truth", sure=True)
        return self._plain_call(name, node.args)

    def _plain_call(self, name: str, arguments: list[ast.expr]) -> Code:
        if name in ("starts", "first", "length", "matches", "in_list", "valid"):
            return self._text_call(name, arguments)
        if name in ("days", "hours"):
            return Code(f"{name}({self._text(arguments[0])}, {self._text(arguments[1])})", "number")
        if name in ("add_days", "add_months"):
            return Code(f"{name}({self._text(arguments[0])}, {self._number(arguments[1])})", "date")
        if name == "rate":
            day = f", {self._text(arguments[1])}" if arguments[1:] else ""
            return Code(f"rate({self._string(arguments[0])!r}{day})", "number")
        if name == "round_up":
            return Code(f"round_up({self._number(arguments[0])}, {self._string(arguments[1])!r})", "number")
        if name in ("ceil", "floor"):
            return Code(f"{name}({self._number(arguments[0])})", "number")
        function = {"min": "least", "max": "most"}[name]
        return Code(
            f"{function}(({', '.join(self._value(one).text for one in arguments)},))", self._value(arguments[0]).type
        )

    def _text_call(self, name: str, arguments: list[ast.expr]) -> Code:
        text = self._text(arguments[0])
        if name == "first":
            return Code(f"{text}[:{int(self._number(arguments[1]))}]", "text")
        if name == "length":
            return Code(f"len({text})", "number", sure=True)
        word = self._string(arguments[1])
        if name == "starts":
            return Code(f"{text}.startswith({word!r})", "truth", sure=True)
        if name == "matches":
            if anywhere := _ANYWHERE.fullmatch(word):
                word = (anywhere.group(1) or "") + anywhere.group(2)
                return Code(f"({self.constants.name('FIND', word)}({text}) is not None)", "truth", sure=True)
            return Code(f"({self.constants.name('RE', word)}({text}) is not None)", "truth", sure=True)
        if name == "in_list":
            if word not in self.lists:
                raise ExpressionError(f"no code list {word!r}", f"add _shared/codes/{word}.csv")
            return Code(f"({text} in {self.constants.codes(word)})", "truth", sure=True)
        if word not in SCHEMES:
            raise ExpressionError(f"no check digit scheme {word!r}", f"schemes: {', '.join(SCHEMES)}")
        return Code(f"valid({text}, {word!r})", "truth", sure=True)

    def _over_rows(self, name: str, node: ast.Call) -> Code:
        row, way = resolve(dotted(node.args[0]) or "", self.root, self.rows)
        if not way or not way[-1].is_list:
            raise ExpressionError(f"{ast.unparse(node.args[0])!r} is no table", f"{name}(TABLE, CONDITION)")
        variable = f"w{len(self.rows)}"
        clauses, source = self._loops(row, way[:-1])
        if name == "any" and not clauses and (column := self._column_test(node.args[1], way[-1], variable, source)):
            return Code(column, "truth", sure=True)
        inner = ExpressionCode(self.root, self.constants, (*self.rows, Row(way[-1], variable)), self.lists)
        condition = inner.truth(ast.unparse(node.args[1]))
        return Code(
            f"{name}([{condition} {clauses}for {variable} in {source}.{attribute(way[-1].name)}])", "truth", sure=True
        )

    def _column_test(self, node: ast.expr, table: Item, variable: str, source: str) -> str:
        """`any(table, column == value)` as a look-up among the column's values; empty when it is not of that shape."""
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)):
            return ""
        column, other = dotted(node.left) or "", dotted(node.comparators[0]) or ""
        way = walk_to(table, column) if column else None
        if way is None or other in CONSTANTS or not other or walk_to(table, other) is not None:
            return ""
        one, two = self._typed(way[-1], variable), self._value(node.comparators[0])
        if one.type != "text" or two.type != "text" or any(item.is_list for item in way):
            return ""
        found = ".".join([variable, *(attribute(item.name) for item in way)])
        values = f"{{{found} for {variable} in {source}.{attribute(table.name)}}}"
        return f"(bool({two.text}) and {two.text} in {values})"

    def _loops(self, row: Row | None, way: Sequence[Item]) -> tuple[str, str]:
        """`for` clauses through the tables of `way`, and the source of the last thing reached."""
        here, clauses = (row.variable if row else "d"), ""
        for item in way:
            here = f"{here}.{attribute(item.name)}"
            if item.is_list:
                variable = f"x{len(self.rows)}_{clauses.count('for ')}"
                clauses += f"for {variable} in {here} "
                here = variable
        return clauses, here

    def _aggregate(self, name: str, node: ast.expr) -> Code:
        row, way = resolve(dotted(node) or ast.unparse(node), self.root, self.rows)
        if not any(item.is_list for item in way):
            raise ExpressionError(f"{ast.unparse(node)!r} lies in no table", f"{name} works over the rows of a table")
        if name == "count" and way[-1].is_list:
            clauses, here = self._loops(row, way[:-1])
            length = f"len({here}.{attribute(way[-1].name)})"
            return Code(f"sum({length} {clauses})" if clauses else length, "number", sure=True)
        clauses, here = self._loops(row, way)
        if name == "count":
            return Code(f"sum(1 {clauses}if {presence(replace(way[-1], repeat=None), here)})", "number", sure=True)
        if name == "distinct":
            return Code(f"len({{{here} {clauses}if {here} not in ('', None)}})", "number", sure=True)
        if name == "sum":
            function = "total_of" if way[-1].format.kind == "decimal" else "count_of"
            return Code(f"{function}([{here} {clauses}])", "number", sure=True)
        code = self._typed(way[-1], here)
        function = {"min_of": "least", "max_of": "most"}[name]
        suffix = "" if code.type == "number" else " or ''"
        return Code(f"({function}({code.text} {clauses}){suffix})", code.type)
