"""One verdict for checking and lodging: the pure judgement, then the rules that need the state of the world."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from onewindow.application.ports import World
from onewindow.application.refusals import Forbidden, UnknownService
from onewindow.definitions.model import Definition
from onewindow.engine.checking.checker import Checker, Judgement
from onewindow.engine.checking.standing import Question, answer, questions
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import Actor, Party
from onewindow.kernel.finding import Finding
from onewindow.kernel.hong_kong import hong_kong_day


@dataclass(slots=True)
class Case:
    """A document before the bench: its judgement (None when refused already), findings, and what the world is asked."""

    judgement: Judgement | None
    findings: tuple[Finding, ...]
    asked: list[Question] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """True when any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)


class Bench:
    """Judges documents of any service, as an actor may have them judged."""

    def __init__(self, registry: Registry, world: World) -> None:
        self._registry = registry
        self._world = world

    def checker(self, service: str, now: datetime) -> Checker:
        """The checker of the definition in force on the day of `now`. Raises UnknownService when there is none."""
        checker = self._registry.in_force(service, hong_kong_day(now))
        if checker is None:
            raise UnknownService(f"There is no service {service!r} today. GET /services lists those there are.")
        return checker

    def checker_of(self, definition: Definition) -> Checker:
        """The checker of this version, in force today or not: for what was lodged under it."""
        return self._registry.checker(definition)

    def admit(self, actor: Actor, service: str, now: datetime) -> Checker:
        """The checker, for an actor who may lodge. Raises UnknownService, Forbidden."""
        checker = self.checker(service, now)
        lodging = checker.definition.lodging
        if not actor.may("lodge"):
            raise Forbidden("This key may not lodge. Use one with the scope lodge.")
        if not lodging.anyone and not actor.roles.intersection(lodging.by):
            raise Forbidden(f"Only these roles may lodge here: {', '.join(lodging.by)}.")
        return checker

    def judge(self, checker: Checker, body: bytes, now: datetime, as_of: date | None = None) -> Case:
        """The judgement on JSON bytes, the world not yet asked. Raises MalformedDocument.

        `as_of` is the day of `now` in Hong Kong, for a caller who has many bodies.
        """
        as_of = as_of or hong_kong_day(now)
        verdict = checker.judge(body, as_of, now)
        if not isinstance(verdict, Judgement):
            return Case(None, verdict.findings)
        asked = questions(checker, verdict.document, as_of, now) if checker.not_checked else []
        return Case(verdict, verdict.warnings, asked)

    async def ask_world(self, actor: Actor, checker: Checker, cases: Sequence[Case], *, amending: str = "") -> None:
        """Add the findings of standing rules, all cases' questions in one look-up. Raises NotDurable.

        `amending` is the reference of the submission that the documents are a new version of.
        """
        numbers = {question.number for case in cases for question in case.asked}
        if not numbers:
            return
        known = await asyncio.to_thread(self._world.standing, actor, sorted(numbers), amending=amending)
        owners = owners_of(actor)
        for case in cases:
            if case.asked and case.judgement is not None:
                case.findings += answer(checker, case.judgement.document, case.asked, known, owners)


def owners_of(actor: Actor) -> frozenset[Party]:
    """The party itself and those it may lodge for."""
    return frozenset({actor.party}) | {principal.partition("/")[0] for principal in actor.principals}
