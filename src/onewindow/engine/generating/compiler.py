"""Compiles a definition to one generated module: structs, `formats`, `rules`, `opening`. Done once, at start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import CodeType

from onewindow.definitions.codes import CodeList
from onewindow.definitions.errors import DefinitionError
from onewindow.definitions.expressions import ExpressionError, Row, walk_to
from onewindow.definitions.model import Definition, Effect, Fee, Item, Place, Stage
from onewindow.engine.generating.constants import Constants
from onewindow.engine.generating.expression_code import Code, ExpressionCode, attribute, class_name
from onewindow.engine.generating.finish import finished
from onewindow.engine.generating.fuse import fused
from onewindow.engine.generating.gather import gathered
from onewindow.engine.generating.hoist import hoisted
from onewindow.engine.generating.rule_code import RuleCode
from onewindow.engine.generating.struct_code import FormatCode, struct_source
from onewindow.engine.generating.tally import tallied

FOUND_MOST = 8_192
"""Texts kept with what was found in them: what is searched so are addresses, which the same senders repeat."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated source, its code, whether that asks for the instant, and the constants and lists it needs."""

    source: str
    code: CodeType
    tells_time: bool
    constants: Mapping[str, object]
    lists: Mapping[str, str]
    columns: Mapping[tuple[str, str, str], str]


def compile_definition(definition: Definition, lists: Mapping[str, CodeList]) -> Compiled:
    """Raises DefinitionError naming the rule, stage or fee whose expression is broken."""
    constants = Constants()
    rules = _rules(definition, constants, frozenset(lists))
    body = struct_source(definition.root) + rules
    for name, printable in (("passes", False), ("lean_passes", True)):
        formats = FormatCode(constants, printable=printable).function(definition.root)
        body += finished(gathered(hoisted(tallied(fused(name, formats, _only(rules, "rules")))), constants))
    body += _opening(definition, constants, frozenset(lists))
    body += _summary(definition)
    source = "\n".join(_heading(definition) + body) + "\n"
    code = compile(source, f"<{definition.id}>", "exec", dont_inherit=True)
    return Compiled(source, code, _tells_time(body), constants.values, constants.lists, constants.columns)


def compile_items(root: Item) -> Compiled:
    """Structs and formats alone, for the body of an action."""
    constants = Constants()
    formats = FormatCode(constants)
    source = (
        "\n".join(
            struct_source(root)
            + formats.function(root)
            + ["def rules(d, now): return []", "def passes(d, now): return formats(d)", "lean_passes = passes"]
        )
        + "\n"
    )
    code = compile(source, "<action>", "exec", dont_inherit=True)
    return Compiled(source, code, False, constants.values, constants.lists, constants.columns)


def _tells_time(lines: list[str]) -> bool:
    """Whether any rule, stage or fee asks for the present instant."""
    return any(re.search(r"\bnow\b", line) for line in lines if not line.startswith("def "))


def namespace(compiled: Compiled, names: Mapping[str, object]) -> dict[str, object]:
    """Runs the module with its constants (patterns compiled) and `names` of the day."""
    space: dict[str, object] = dict(names)
    space.update({name: _constant(name, value) for name, value in compiled.constants.items()})
    exec(compiled.code, space)  # noqa: S102 - our own generated code; nothing of a document reaches it
    return space


def _constant(name: str, value: object) -> object:
    if name.startswith("SEEN"):
        return set()
    if name.startswith("FIND"):
        return lru_cache(maxsize=FOUND_MOST)(re.compile(str(value)).search)
    return re.compile(str(value)).fullmatch if name.startswith("RE") else value


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
    return verdict.function("rules") + standing.function("standing", mostly_empty=True)


def _opening(definition: Definition, constants: Constants, lists: frozenset[str]) -> list[str]:
    lines = ["def opening(d, now):", "    stages, rows, charges, effects = [], {}, [], []"]
    code = ExpressionCode(definition.root, constants, (), lists)
    for stage in definition.stages:
        lines += _guarded(stage.place, partial(_stage_lines, code, stage))
    for number, fee in enumerate(definition.fees):
        lines += _guarded(fee.place, partial(_fee_lines, code, number, fee))
    place = Place(f"{definition.folder}/service.toml", 1)
    for refers in dict.fromkeys(effect.refers for effect in definition.effects):
        effects = [effect for effect in definition.effects if effect.refers == refers]
        lines += _guarded(place, partial(_effect_lines, definition, constants, lists, effects))
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
    tests = [f"fee_valid({number}, {code.path(fee.dated_by)})" if fee.dated_by else f"FEE_VALID[{number}]"]
    if fee.when:
        tests.append(code.truth(fee.when))
    return [
        f"    if {' and '.join(tests)} and (s := {amount.text}) is not None:",
        f"        charges.append(({fee.name!r}, cents(s), {fee.currency!r}))",
    ]


def _effect_lines(
    definition: Definition, constants: Constants, lists: frozenset[str], effects: list[Effect]
) -> list[str]:
    """The effects on what one item refers to, in one way through its tables."""
    way = walk_to(definition.root, effects[0].refers) or ()
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
    lines.append("    " * depth + f"if {here}:")
    for effect in effects:
        values = ", ".join(f"{key!r}: text_of({code.value(value).text})" for key, value in effect.values.items())
        append = f"effects.append(({effect.on!r}, {effect.act!r}, {here}, {{{values}}}))"
        lines.append("    " * (depth + 1) + (f"if {code.truth(effect.when)}: {append}" if effect.when else append))
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
