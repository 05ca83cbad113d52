"""Compiles a definition to one generated module: structs, `formats`, `rules`, `opening`. Done once, at start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import CodeType

from onewindow.definitions.codes import CodeList
from onewindow.definitions.errors import DefinitionError
from onewindow.definitions.expressions import ExpressionError, Row, walk_to
from onewindow.definitions.formats import FREE, PRINTABLE
from onewindow.definitions.model import Definition, Effect, Fee, Item, Place, Stage
from onewindow.engine.constants import Constants
from onewindow.engine.expression_code import Code, ExpressionCode, attribute, class_name
from onewindow.engine.fuse import fused
from onewindow.engine.gather import gathered
from onewindow.engine.hoist import hoisted
from onewindow.engine.rule_code import RuleCode
from onewindow.engine.struct_code import FormatCode, struct_source

NO_SEPARATOR = r"[^\x1f]"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated source, its code, and the constants and lists it needs."""

    source: str
    code: CodeType
    constants: Mapping[str, object]
    lists: Mapping[str, str]
    columns: Mapping[tuple[str, str, str], str]


def compile_definition(definition: Definition, lists: Mapping[str, CodeList]) -> Compiled:
    """Raises DefinitionError naming the rule, stage or fee whose expression is broken."""
    constants = Constants()
    formats = FormatCode(constants)
    checked, rules = formats.function(definition.root), _rules(definition, constants, frozenset(lists))
    body = struct_source(definition.root) + checked + rules
    body += gathered(hoisted(fused(checked, _only(rules, "rules"))), constants)
    body += _opening(definition, constants, frozenset(lists))
    body += _summary(definition)
    source = "\n".join(_heading(definition) + body) + "\n"
    code = compile(source, f"<{definition.id}>", "exec", dont_inherit=True)
    return Compiled(source, code, constants.values, constants.lists, constants.columns)


def compile_items(root: Item) -> Compiled:
    """Structs and formats alone, for the body of an action."""
    constants = Constants()
    formats = FormatCode(constants)
    source = (
        "\n".join(
            struct_source(root)
            + formats.function(root)
            + ["def rules(d, now): return []", "def passes(d, now): return formats(d)"]
        )
        + "\n"
    )
    code = compile(source, "<action>", "exec", dont_inherit=True)
    return Compiled(source, code, constants.values, constants.lists, constants.columns)


def namespace(compiled: Compiled, names: Mapping[str, object], *, lean: bool = False) -> dict[str, object]:
    """Runs the module with its constants (patterns compiled) and `names` of the day.

    `lean` patterns leave out which characters are printable, for bodies whose bytes are known to hold only such.
    """
    space: dict[str, object] = dict(names)
    for name, value in compiled.constants.items():
        written = str(value)
        if lean:
            written = written.replace(PRINTABLE, NO_SEPARATOR).replace(FREE, NO_SEPARATOR)
        space[name] = _constant(name, written, value)
    exec(compiled.code, space)  # noqa: S102 - our own generated code; nothing of a document reaches it
    return space


def _constant(name: str, written: str, value: object) -> object:
    if name.startswith("SEEN"):
        return set()
    if name.startswith("FIND"):
        return re.compile(written).search
    return re.compile(written).fullmatch if name.startswith("RE") else value


def _only(lines: list[str], name: str) -> list[str]:
    """The lines of one function."""
    first = next(place for place, line in enumerate(lines) if line.startswith(f"def {name}("))
    return lines[first : lines.index("", first)]


def _heading(definition: Definition) -> list[str]:
    lines = [f"# {definition.id} version {definition.version}: generated from {definition.folder}"]
    lines += [f"# {number:>3} {rule.code} {rule.kind} {rule.place}" for number, rule in enumerate(definition.rules)]
    return [*lines, ""]


def _rules(definition: Definition, constants: Constants, lists: frozenset[str]) -> list[str]:
    verdict = RuleCode(definition.root, constants, lists)
    standing = RuleCode(definition.root, constants, lists)
    for number, rule in enumerate(definition.rules):
        try:
            (standing if rule.standing else verdict).add(number, rule)
        except ExpressionError as error:
            raise DefinitionError(rule.place, f"{rule.code}: {error.problem}", error.cure) from error
    return verdict.function("rules") + standing.function("standing")


def _opening(definition: Definition, constants: Constants, lists: frozenset[str]) -> list[str]:
    lines = ["def opening(d, now):", "    stages, rows, charges, effects = [], {}, [], []"]
    code = ExpressionCode(definition.root, constants, (), lists)
    for stage in definition.stages:
        lines += _guarded(stage.place, partial(_stage_lines, code, stage))
    for number, fee in enumerate(definition.fees):
        lines += _guarded(fee.place, partial(_fee_lines, code, number, fee))
    for effect in definition.effects:
        place = Place(f"{definition.folder}/service.toml", 1)
        lines += _guarded(place, partial(_effect_lines, definition, constants, lists, effect))
    return [*lines, "    return stages, rows, charges, effects", ""]


def _guarded(place: Place, write: Callable[[], list[str]]) -> list[str]:
    try:
        return list(write())
    except ExpressionError as error:
        raise DefinitionError(place, error.problem, error.cure) from error


def _stage_lines(code: ExpressionCode, stage: Stage) -> list[str]:
    condition = code.truth(stage.when) if stage.when else "True"
    lines = [f"    if {condition}:", f"        stages.append({stage.name!r})"]
    if stage.each:
        lines.append(f"        rows[{stage.name!r}] = len({code.path(stage.each)})")
    return lines


def _fee_lines(code: ExpressionCode, number: int, fee: Fee) -> list[str]:
    amount: Code = code.value(fee.amount)
    tests = [f"fee_valid({number}, {code.path(fee.dated_by) if fee.dated_by else 'None'})"]
    if fee.when:
        tests.append(code.truth(fee.when))
    return [
        f"    if {' and '.join(tests)} and (s := {amount.text}) is not None:",
        f"        charges.append(({fee.name!r}, cents(s), {fee.currency!r}))",
    ]


def _effect_lines(definition: Definition, constants: Constants, lists: frozenset[str], effect: Effect) -> list[str]:
    way = walk_to(definition.root, effect.refers) or ()
    lines: list[str] = []
    rows: tuple[Row, ...] = ()
    here, depth = "d", 1
    for item in way:
        here = f"{here}.{attribute(item.name)}"
        if item.is_list:
            variable = f"e{depth}"
            lines.append("    " * depth + f"for {variable} in {here}:")
            here, depth, rows = variable, depth + 1, (*rows, Row(item, variable))
    code = ExpressionCode(definition.root, constants, rows, lists)
    values = ", ".join(f"{key!r}: text_of({code.value(value).text})" for key, value in effect.values.items())
    condition = f" and {code.truth(effect.when)}" if effect.when else ""
    lines.append(
        "    " * depth + f"if {here}{condition}: effects.append(({effect.on!r}, {effect.act!r}, {here}, {{{values}}}))"
    )
    return lines


def _summary(definition: Definition) -> list[str]:
    code = ExpressionCode(definition.root, Constants())
    parts = []
    for name in definition.summary:
        way = walk_to(definition.root, name) or ()
        lists = [item for item in way if item.is_list]
        parts.append(f"str(len({code.path(lists[0].path)}))" if lists else f"text_of({code.path(name)})")
    reference = code.path(definition.reference) if definition.reference else "''"
    lines = ["def summary(d):", f"    return ' · '.join(filter(None, ({', '.join(parts)}{',' if parts else ''})))", ""]
    return [*lines, "def reference(d):", f"    return {reference}", ""]


def bound_lists(compiled: Compiled, codes: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The code lists of a day, as the generated names expect them."""
    return {variable: codes[name] for name, variable in compiled.lists.items()}


def document_class(space: Mapping[str, object], root: Item) -> type:
    """The struct of the document itself."""
    found = space[class_name(root)]
    assert isinstance(found, type)
    return found
