"""Standing rules: those that need the state of the world. The same at the checking call and at lodging.

`questions` names the other documents to look up (all of a batch in one query); `answer` judges with what was found.
Pure: the looking up is the caller's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onewindow.definitions.model import Rule
from onewindow.engine.checking.checker import Checker, rule_finding, value_at
from onewindow.kernel.finding import Finding


@dataclass(frozen=True, slots=True)
class Known:
    """A referred document as it stands. `balances` is line → (available, unit); `owners` the parties it belongs to.

    `valid_until` is the last day of what was issued, None without end.
    """

    number: str
    service: str
    state: str
    owners: frozenset[str] = frozenset()
    bound_to: str = ""
    valid_until: date | None = None
    balances: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    clean: bool = True


Drawn = dict[tuple[str, str, str], Decimal]
"""What a document has drawn so far: by rule, number and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A standing rule at a place of a document, the number it asks about, and the day on which it asks."""

    rule: Rule
    places: tuple[int, ...]
    number: str
    as_of: date


def questions(checker: Checker, document: Any, as_of: date, now: datetime | None = None) -> list[Question]:
    """What must be looked up before this document can be lodged."""
    root = checker.definition.root
    found = []
    for rule, places in checker.asks(document, as_of, now):
        name = str(rule.parameters.get("refers", rule.item))
        _, value, _ = value_at(root, name, places, document)
        numbers = value if isinstance(value, list) else [value]
        found += [Question(rule, places, str(number), as_of) for number in numbers if number]
    return found


def answer(
    checker: Checker, document: Any, asked: list[Question], known: Mapping[str, Known], owners: frozenset[str]
) -> tuple[Finding, ...]:
    """The findings of the standing rules. `owners` are the parties the lodger acts for."""
    root = checker.definition.root
    drawn: Drawn = defaultdict(Decimal)
    return tuple(
        rule_finding(question.rule, root, question.places, document)
        for question in asked
        if not _holds(question, known.get(question.number), checker, document, owners, drawn)
    )


def _holds(
    question: Question, known: Known | None, checker: Checker, document: Any, owners: frozenset[str], drawn: Drawn
) -> bool:
    if known is None:
        return False
    if question.rule.kind == "attachment-clean":
        return known.clean
    if question.rule.kind == "within-balance":
        return _within(question, known, checker, document, drawn)
    return _refers(question, known, checker, document, owners)


def _refers(question: Question, known: Known, checker: Checker, document: Any, owners: frozenset[str]) -> bool:
    wanted = question.rule.parameters
    services, states = _texts(wanted.get("service")), _texts(wanted.get("states"))
    if known.service not in services or (states and known.state not in states):
        return False
    if wanted.get("holder", "any") == "own" and not owners & known.owners:
        return False
    if wanted.get("free") and known.bound_to:
        return False
    if "in_force" in wanted and known.valid_until and _day(question, checker, document) > known.valid_until.isoformat():
        return False
    match = wanted.get("match")
    pairs = match.items() if isinstance(match, Mapping) else ()
    return all(_value(question, name, checker, document) == known.facts.get(str(theirs), "") for name, theirs in pairs)


def _day(question: Question, checker: Checker, document: Any) -> str:
    """The day on which what is referred to must be valid, as in ISO 8601."""
    name = str(question.rule.parameters["in_force"])
    return question.as_of.isoformat() if name == "as_of" else _value(question, name, checker, document)


def _within(question: Question, known: Known, checker: Checker, document: Any, drawn: Drawn) -> bool:
    """Whether the balance bears this row after the rows before it."""
    wanted = question.rule.parameters
    line = _value(question, str(wanted["account"]), checker, document) if "account" in wanted else "1"
    quantity = _value(question, question.rule.item, checker, document)
    available, unit = known.balances.get(line or "1", ("0", ""))
    if "unit" in wanted and unit and _value(question, str(wanted["unit"]), checker, document) != unit:
        return False
    account = question.rule.code, question.number, line or "1"
    drawn[account] += Decimal(quantity or 0)
    return drawn[account] <= Decimal(available or 0)


def _value(question: Question, name: str, checker: Checker, document: Any) -> str:
    _, value, _ = value_at(checker.definition.root, name, question.places, document)
    return "" if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value) if isinstance(value, list) else ()
