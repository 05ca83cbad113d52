"""One compiled definition, ready to judge documents. The same verdict for a dry run and for lodging.

The fast path decodes into structs and runs the generated checks; only a document that does not pass there takes the
slow path (`collect`), which is the truth: it finds everything, or accepts what the fast path was too narrow for (a
number where a decimal text is usual, `null` for absent).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, cast

import msgspec

from onewindow.definitions.codes import CodeList
from onewindow.definitions.expressions import walk_to
from onewindow.definitions.model import Definition, Item, Rule
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.engine import runtime
from onewindow.engine.check_digits import valid
from onewindow.engine.collect import Collector, fill, plain, shown
from onewindow.engine.compiler import bound_lists, compile_definition, document_class, namespace
from onewindow.engine.expression_code import attribute
from onewindow.engine.json_guard import MalformedDocument, guard, plainly_sound
from onewindow.engine.rule_code import rule_reads, scope_of
from onewindow.kernel.finding import Finding, Verdict, pointer_of
from onewindow.kernel.words import Words

_RUNTIME_NAMES = (
    "DAYS", "num", "plus", "minus", "times", "over", "total", "least", "most", "ceil", "floor", "round_up", "days",
    "add_days", "add_months", "instant", "hours", "repeated", "different",
)  # fmt: skip
_RUNTIME = {name: getattr(runtime, name) for name in _RUNTIME_NAMES}


@dataclass(frozen=True, slots=True)
class Judgement:
    """An accepted document and what follows from it at once.

    `opening` is the payload of the `lodged` event: stages that open, rows, charges, effects (all codes and figures).
    """

    document: Any
    sender_reference: str
    summary: str
    stages: tuple[str, ...]
    rows: Mapping[str, int]
    charges: tuple[tuple[str, Decimal, str], ...]
    opening: bytes
    warnings: tuple[Finding, ...] = ()

    accepted = True


class _Day:
    """The generated module bound to the code lists, rates and rules in force on one day."""

    def __init__(self, checker: Checker, day: date) -> None:
        self.codes = {name: codes.on(day) for name, codes in checker.lists.items()}
        self.space = namespace(checker.compiled, {**self._names(checker, day), **self._lists(checker)})
        document = document_class(self.space, checker.definition.root)
        self.document = document
        self.decode: Any = msgspec.json.Decoder(document).decode
        self.formats = cast("Any", self.space["formats"])
        self.rules = cast("Any", self.space["rules"])
        self.standing = cast("Any", self.space["standing"])
        self.opening = cast("Any", self.space["opening"])
        self.summary = cast("Any", self.space["summary"])
        self.reference = cast("Any", self.space["reference"])

    def _lists(self, checker: Checker) -> dict[str, frozenset[str]]:
        return bound_lists(checker.compiled, self.codes)

    def _names(self, checker: Checker, day: date) -> dict[str, object]:
        rules, fees = checker.definition.rules, checker.definition.fees

        def day_of(text: str | None) -> date:
            found = runtime.ordinal(text) if text else None
            return day if found is None else date.fromordinal(found)

        @lru_cache(maxsize=4_096)
        def rate(name: str, text: str | None = None) -> Decimal | None:
            on = day_of(text)
            return next((one.value for one in checker.rates[name] if one.valid.covers(on)), None)

        return {
            **_RUNTIME,
            "Struct": msgspec.Struct,
            "AS_OF": day.isoformat(),
            "VALID": tuple(rule.valid.covers(day) for rule in rules),
            "valid_on": lambda number, text: rules[number].valid.covers(day_of(text)),
            "fee_valid": lambda number, text: fees[number].valid.covers(day_of(text)),
            "codes_on": lambda name, text=None: checker.lists[name].on(day_of(text)),
            "codes_where": lambda name, column, equals, text=None: checker.lists[name].where(
                day_of(text), column, equals
            ),
            "rate": rate,
            "valid": valid,
            "cents": cents,
            "text_of": text_of,
        }


class Checker:
    """Judges documents of one definition. Make it once; it keeps what it learnt of a day."""

    def __init__(self, definition: Definition, vocabulary: Vocabulary) -> None:
        self.definition = definition
        self.lists: Mapping[str, CodeList] = vocabulary.lists
        self.rates = vocabulary.rates
        self.words: Mapping[str, Words] = vocabulary.words
        self.compiled = compile_definition(definition, vocabulary.lists)
        self.not_checked = tuple(rule.code for rule in definition.rules if rule.standing)
        self._day = lru_cache(maxsize=16)(lambda day: _Day(self, day))
        self._reads = [rule_reads(rule, definition.root) for rule in definition.rules]

    @property
    def source(self) -> str:
        """The generated code, with the file and line of each rule in its heading."""
        return self.compiled.source

    def judge(self, body: bytes, as_of: date, now: datetime | None = None) -> Judgement | Verdict:
        """The verdict on JSON bytes. Raises MalformedDocument when they are no strict JSON document.

        `as_of` is the Hong Kong day that picks codes, rates and rules; `now` the instant for rules in hours (noon of
        that day when not given).
        """
        day: _Day = self._day(as_of)
        moment = now.isoformat() if now else as_of.isoformat() + runtime.HONG_KONG_NOON
        try:
            document = day.decode(body)
            if not plainly_sound(body, _encode(document)):
                guard(body)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
            return self._collect(body, day, moment)
        if day.formats(document):
            violations = day.rules(document, moment)
            if not violations:
                return self._accepted(document, day, moment, ())
        return self._collect(body, day, moment)

    def decode(self, body: bytes, as_of: date) -> Any:
        """The structs of a body that was accepted before (lenient: never refuses what it once took)."""
        day: _Day = self._day(as_of)
        try:
            return day.decode(body)
        except msgspec.MsgspecError:
            return Collector(day.space, day.codes, self.words).document(plain(body), self.definition.root)

    def asks(self, document: Any, as_of: date, now: datetime | None = None) -> list[tuple[Rule, tuple[int, ...]]]:
        """The standing rules this document calls for, and at which rows."""
        if not self.not_checked:
            return []
        moment = now.isoformat() if now else as_of.isoformat() + runtime.HONG_KONG_NOON
        found = self._day(as_of).standing(document, moment)
        return [(self.definition.rules[number], places) for number, places in found]

    def _accepted(self, document: Any, day: _Day, moment: str, warnings: tuple[Finding, ...]) -> Judgement:
        stages, rows, charges, effects = day.opening(document, moment)
        payload = opening_payload(tuple(stages), rows, tuple(charges), effects)
        return Judgement(
            document,
            day.reference(document),
            day.summary(document),
            tuple(stages),
            rows,
            tuple(charges),
            payload,
            warnings,
        )

    def _collect(self, body: bytes, day: _Day, moment: str) -> Judgement | Verdict:
        guard(body)
        collector = Collector(day.space, day.codes, self.words)
        document = collector.document(plain(body), self.definition.root)
        if document is not None:
            told = {finding.pointer for finding in collector.findings}
            for number, places in day.rules(document, moment):
                finding = self._finding(number, places, document, collector)
                if finding and finding.pointer not in told:
                    collector.findings.append(finding)
        verdict = Verdict(tuple(collector.findings), self.not_checked)
        if verdict.accepted and document is not None:
            return self._accepted(document, day, moment, verdict.findings)
        return verdict

    def _finding(self, number: int, places: tuple[int, ...], document: Any, collector: Collector) -> Finding | None:
        rule = self.definition.rules[number]
        if any(self._silenced(path, places, collector) for path in self._reads[number] if path in collector.malformed):
            return None
        return rule_finding(rule, self.definition.root, places, document)

    def _silenced(self, path: str, places: tuple[int, ...], collector: Collector) -> bool:
        tables = [item.path for item in scope_of(self.definition.root, path).tables]
        shared = min(len(tables), len(places))
        return any(malformed[:shared] == places[:shared] for malformed in collector.malformed[path])


def rule_finding(rule: Rule, root: Item, places: tuple[int, ...], document: Any) -> Finding:
    """The finding of a violated rule at the rows `places`."""
    parts, value, item = value_at(root, rule.item, places, document)
    given = shown(value) if not isinstance(value, list | msgspec.Struct) else None
    label = {"value": "" if given is None else given, "item": item.words}
    return Finding(
        rule.code,
        rule.severity,
        pointer_of(parts),
        fill(rule.words, label),
        fill(rule.remedy, label),
        rule.law,
        given,
    )


def value_at(root: Item, name: str, places: tuple[int, ...], document: Any) -> tuple[tuple[str | int, ...], Any, Item]:
    """The pointer parts, value and item of a dotted name at the rows `places`."""
    way = walk_to(root, name) or ()
    remaining = list(places)
    parts: list[str | int] = []
    value: Any = document
    for item in way:
        parts.append(item.name)
        value = getattr(value, attribute(item.name))
        if item.is_list and remaining:
            parts.append(place := remaining.pop(0))
            value = value[place]
    return tuple(parts), value, way[-1]


def cents(amount: Decimal | int) -> Decimal:
    """Money to two decimals."""
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def text_of(value: object) -> str:
    """A leaf's value as text; absent is empty."""
    return "" if value is None else str(value)


_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=4_096)
def _payload_without_effects(stages: tuple[str, ...], charges: tuple[tuple[str, Decimal, str], ...]) -> bytes:
    wire = {"stages": stages, "charges": [[name, str(amount), currency] for name, amount, currency in charges]}
    return json.dumps(wire, separators=(",", ":")).encode()


def opening_payload(
    stages: tuple[str, ...],
    rows: Mapping[str, int],
    charges: tuple[tuple[str, Decimal, str], ...],
    effects: list[object],
) -> bytes:
    """The `lodged` event's payload: `{"stages", "charges", "rows"?, "effects"?}`."""
    if not rows and not effects:
        return _payload_without_effects(stages, charges)
    wire = json.loads(_payload_without_effects(stages, charges))
    if rows:
        wire["rows"] = dict(rows)
    if effects:
        wire["effects"] = effects
    return json.dumps(wire, separators=(",", ":")).encode()


__all__ = ["Checker", "Judgement", "MalformedDocument", "opening_payload", "rule_finding"]
