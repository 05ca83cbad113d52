"""One compiled definition, ready to judge documents. The same verdict for a dry run and for lodging.

The fast path decodes into structs and runs the generated checks; only a document that does not pass there takes the
slow path (`collect`), which is the truth: it finds everything, or accepts what the fast path was too narrow for (a
number where a decimal text is usual, `null` for absent).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, cast

import msgspec

from onewindow.definitions.codes import CodeList
from onewindow.definitions.expressions import walk_to
from onewindow.definitions.model import Definition, Item, Rule
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.engine.check_digits import valid
from onewindow.engine.checking import runtime
from onewindow.engine.checking.collect import FINDINGS_MOST, Collector, fill, plain, shown
from onewindow.engine.checking.json_guard import MalformedDocument, guard, plainly_sound
from onewindow.engine.generating.compiler import bound_lists, compile_definition, document_class, namespace
from onewindow.engine.generating.expression_code import attribute
from onewindow.engine.generating.rule_code import rule_reads, scope_of
from onewindow.kernel.finding import Finding, Verdict, pointer_of
from onewindow.kernel.words import Words

_CENT = Decimal("0.01")
_RUNTIME_NAMES = (
    "DAYS", "num", "plus", "minus", "times", "over", "total_of", "count_of", "positive", "differs", "least", "most",
    "ceil", "floor", "round_up", "days", "add_days", "add_months", "instant", "hours", "repeated", "different",
)  # fmt: skip
_RUNTIME = {name: getattr(runtime, name) for name in _RUNTIME_NAMES}


class Judgement:
    """An accepted document and what follows from it. Only what is asked for is worked out: a check asks for nothing."""

    __slots__ = ("_checker", "_day", "_moment", "_opened", "document", "warnings")
    accepted = True

    def __init__(
        self, checker: Checker, day: _Day, document: Any, moment: str, warnings: tuple[Finding, ...] = ()
    ) -> None:
        self._checker = checker
        self._day = day
        self._moment = moment
        self._opened: Any = None
        self.document = document
        self.warnings = warnings

    def _opening(self) -> tuple[list[str], dict[str, int], list[tuple[str, Decimal, str]], list[object]]:
        if self._opened is None:
            self._opened = self._day.opening(self.document, self._moment)
        return cast("tuple[list[str], dict[str, int], list[tuple[str, Decimal, str]], list[object]]", self._opened)

    @property
    def sender_reference(self) -> str:
        """The sender's own reference; empty when the document carries none."""
        return cast("str", self._day.reference(self.document))

    @property
    def summary(self) -> str:
        """What a work list shows of it."""
        return cast("str", self._day.summary(self.document))

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that open, now or later."""
        return tuple(self._opening()[0])

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of the stages that have a leg for each."""
        return self._opening()[1]

    @property
    def charges(self) -> tuple[tuple[str, Decimal, str], ...]:
        """(fee, amount, currency) of everything charged at once."""
        return tuple(self._opening()[2])

    @property
    def opening(self) -> bytes:
        """The payload of the `lodged` event: stages that open, rows, charges, effects (all codes and figures)."""
        return opening_payload(*self._opening())

    @property
    def opened(self) -> tuple[tuple[str, ...], Mapping[str, int], bytes]:
        """`stages`, `rows` and `opening` at once."""
        opening = self._opening()
        return tuple(opening[0]), opening[1], opening_payload(*opening)


class _Day:
    """The generated module bound to the code lists, rates and rules in force on one day."""

    def __init__(self, checker: Checker, day: date) -> None:
        self.day = day
        self.codes = {name: codes.on(day) for name, codes in checker.lists.items()}
        names = {**self._names(checker, day), **self._lists(checker)}
        self.space = namespace(checker.compiled, names)
        document = document_class(self.space, checker.definition.root)
        self.document = document
        self.decode: Any = msgspec.json.Decoder(document).decode
        self.passes = cast("Any", self.space["passes"])
        self.lean_passes = cast("Any", self.space["lean_passes"])
        self.rules = cast("Any", self.space["rules"])
        self.standing = cast("Any", self.space["standing"])
        self.opening = cast("Any", self.space["opening"])
        self.summary = cast("Any", self.space["summary"])
        self.reference = cast("Any", self.space["reference"])

    def _lists(self, checker: Checker) -> dict[str, frozenset[str]]:
        columns = {
            variable: checker.lists[name].where(self.day, column, equals)
            for (name, column, equals), variable in checker.compiled.columns.items()
        }
        return {**bound_lists(checker.compiled, self.codes), **columns}

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
            "FEE_VALID": tuple(fee.valid.covers(day) for fee in fees),
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
        moment = self._moment(as_of, now)
        try:
            document = day.decode(body)
            passes = day.passes
            if not plainly_sound(body, _encoded_again(document)):
                guard(body)
            elif plainly_printable(body):
                passes = day.lean_passes
            if passes(document, moment):
                return Judgement(self, day, document, moment)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, ArithmeticError, ValueError):
            pass  # the slower path says what is wrong
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
        moment = self._moment(as_of, now)
        found = self._day(as_of).standing(document, moment)
        return [(self.definition.rules[number], places) for number, places in found]

    def _moment(self, as_of: date, now: datetime | None) -> str:
        """The instant as text for definitions that ask for it; writing it costs as much as a rule."""
        if not self.compiled.tells_time:
            return ""
        return now.isoformat() if now else as_of.isoformat() + runtime.HONG_KONG_NOON

    def _collect(self, body: bytes, day: _Day, moment: str) -> Judgement | Verdict:
        guard(body)
        collector = Collector(day.space, day.codes, self.words)
        document = collector.document(plain(body), self.definition.root)
        if document is not None:
            told = {finding.pointer for finding in collector.findings}
            for number, places in day.rules(document, moment):
                if len(collector.findings) >= FINDINGS_MOST:
                    break
                finding = self._finding(number, places, document, collector)
                if finding and finding.pointer not in told:
                    collector.findings.append(finding)
        verdict = Verdict(tuple(collector.findings), self.not_checked)
        if verdict.accepted and document is not None:
            return Judgement(self, day, document, moment, verdict.findings)
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
    return Decimal(amount).quantize(_CENT, ROUND_HALF_UP)


def text_of(value: object) -> str:
    """A leaf's value as text; absent is empty."""
    return "" if value is None else str(value)


def plainly_printable(body: bytes) -> bool:
    """True only if no string of a backslash-free body holds a control or bidirectional character.

    Those below U+0020 can only be written with a backslash; the rest begin with bytes that are looked for here.
    """
    if body.isascii():
        return b"\x7f" not in body
    suspects = (b"\x7f", b"\xc2", b"\xe2\x80", b"\xe2\x81", b"\xef\xbb")
    return not any(suspect in body for suspect in suspects)


_encoder = msgspec.json.Encoder()
_own = threading.local()


def _encoded_again(document: object) -> bytearray:
    """The document as JSON, in a buffer that the next document of this thread is written into."""
    buffer: bytearray | None = getattr(_own, "buffer", None)
    if buffer is None:
        buffer = _own.buffer = bytearray()
    _encoder.encode_into(document, buffer)
    return buffer


def opening_payload(
    stages: Sequence[str],
    rows: Mapping[str, int],
    charges: Sequence[tuple[str, Decimal, str]],
    effects: Sequence[object],
) -> bytes:
    """The `lodged` event's payload: `{"stages", "charges", "rows"?, "effects"?}`; amounts are written as text."""
    wire: dict[str, object] = {"stages": stages, "charges": charges}
    if rows:
        wire["rows"] = rows
    if effects:
        wire["effects"] = effects
    return _encoder.encode(wire)


__all__ = ["Checker", "Judgement", "MalformedDocument", "opening_payload", "rule_finding"]
