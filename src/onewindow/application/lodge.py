"""Lodging: a document is judged, claimed and kept, or refused with every finding. One document is a batch of one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import msgspec

from onewindow.application.judging import Bench, Case
from onewindow.application.ports import Asked, Conflict, Journal, Lodge, Receipt, RefusalTally, World
from onewindow.application.principals import Principals
from onewindow.application.refusals import (
    Forbidden,
    KeyReused,
    NotDurable,
    Refusal,
    Refused,
    SenderReferenceUsed,
)
from onewindow.engine.checking.attached import files_of_document, with_files
from onewindow.engine.checking.checker import Checker, Judgement
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.engine.life.opening import OpeningBook
from onewindow.kernel.actor import Actor
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.kernel.lane import lane_of

Outcome = Receipt | Refused | Refusal | MalformedDocument


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """A document on its way in. `raw` is what came, if a channel turned it into the JSON of `body`."""

    key: str
    body: bytes
    media: str = "application/json"
    raw: bytes | None = None

    @property
    def kept(self) -> bytes:
        """The bytes that are kept and receipted."""
        return self.body if self.raw is None else self.raw


@dataclass(slots=True)
class _Accepted:
    """What is to be kept of a document, but for whose it is; and how it names its principal."""

    command: Lodge
    principal: str


class Lodging:
    """The use case of lodging, for one document or many."""

    def __init__(
        self,
        *,
        bench: Bench,
        journal: Journal,
        world: World,
        tally: RefusalTally,
        openings: OpeningBook,
        secret: bytes,
        clock: Callable[[], datetime],
    ) -> None:
        self._bench = bench
        self._journal = journal
        self._tally = tally
        self._openings = openings
        self._principals = Principals(world, clock)
        self._clock = clock
        self._lane = lru_cache(maxsize=4096)(lambda party: lane_of(party, secret))

    async def lodge(self, actor: Actor, service: str, document: Incoming) -> Receipt:
        """Keep one document and give its receipt.

        Raises Refused with every finding, MalformedDocument, UnknownService, Forbidden, KeyReused,
        SenderReferenceUsed, NotDurable.
        """
        outcome = (await self.lodge_many(actor, service, [document]))[0]
        if isinstance(outcome, Receipt):
            return outcome
        raise outcome

    def lodge_now(self, actor: Actor, service: str, document: Incoming) -> Receipt:
        """The same for callers without an event loop, such as pages."""
        return asyncio.run(self.lodge(actor, service, document))

    async def lodge_many(self, actor: Actor, service: str, documents: Sequence[Incoming]) -> list[Outcome]:
        """One outcome a document, in their order; what `lodge` would raise comes as a value.

        Raises UnknownService and Forbidden, which are the same for all of them.
        """
        now = self._clock()
        checker = self._bench.admit(actor, service, now)
        outcomes: dict[int, Outcome] = {}
        accepted = await self._judge(actor, checker, documents, now, outcomes)
        if accepted:
            await self._keep(actor, checker, accepted, outcomes)
        await self._answer_repeats(actor, documents, outcomes)
        self._count(actor, service, outcomes)
        return [outcomes[number] for number in range(len(documents))]

    async def _judge(
        self,
        actor: Actor,
        checker: Checker,
        documents: Sequence[Incoming],
        now: datetime,
        outcomes: dict[int, Outcome],
    ) -> dict[int, _Accepted]:
        """Those that may be kept. Each is made ready at once and let go: a slice of them would not fit the caches."""
        accepted: dict[int, _Accepted] = {}
        asking: dict[int, Case] = {}
        today = hong_kong_day(now)
        for number, document in enumerate(documents):
            try:
                case = self._bench.judge(checker, document.body, now, today)
            except MalformedDocument as malformed:
                outcomes[number] = malformed
                continue
            if case.judgement is None or case.refused:
                outcomes[number] = Refused(case.findings)
                continue
            accepted[number] = self._accepted(actor, checker, document, case.judgement, now)
            if case.asked:
                asking[number] = case
        if asking:
            await self._ask(actor, checker, asking, accepted, outcomes)
        return accepted

    async def _ask(
        self,
        actor: Actor,
        checker: Checker,
        asking: dict[int, Case],
        accepted: dict[int, _Accepted],
        outcomes: dict[int, Outcome],
    ) -> None:
        """Take out those that the state of the world refuses; all of them when it cannot be asked."""
        try:
            await self._bench.ask_world(actor, checker, list(asking.values()))
        except NotDurable as away:
            outcomes |= dict.fromkeys(accepted, away)
            accepted.clear()
        for number, case in asking.items():
            if case.refused:
                outcomes[number] = Refused(case.findings)
                accepted.pop(number, None)

    async def _keep(
        self, actor: Actor, checker: Checker, accepted: Mapping[int, _Accepted], outcomes: dict[int, Outcome]
    ) -> None:
        try:
            named = {number: one.principal for number, one in accepted.items()}
            principals = await self._principals.of(actor, checker.definition, named)
            outcomes |= principals.refused
            commands = {number: accepted[number].command for number in principals.found}
            for number, command in commands.items():
                command.principal = principals.found[number]
            kept = await self._journal.append(list(commands.values()))
        except NotDurable as away:
            outcomes |= dict.fromkeys((number for number in accepted if number not in outcomes), away)
            return
        outcomes |= {number: _outcome(answer) for number, answer in zip(commands, kept, strict=True)}

    def _accepted(
        self, actor: Actor, checker: Checker, document: Incoming, judgement: Judgement, now: datetime
    ) -> _Accepted:
        definition = checker.definition
        stages, rows, opening = judgement.opened
        begun = self._openings.begin(definition, stages, rows, now)
        kept = document.kept
        command = Lodge(
            lane=self._lane(actor.party),
            lodger=actor.party,
            principal=actor.party,
            service=definition.id,
            definition_version=definition.version,
            state=begun.life.state,
            sender_reference=judgement.sender_reference,
            key=document.key,
            body=kept,
            media=document.media,
            digest=sha256(kept).digest(),
            opening=with_files(begun.payload(opening), files_of_document(definition, judgement.document)),
            summary=judgement.summary,
            mode=actor.mode,
            actor=actor.party,
        )
        return _Accepted(command, self._principals.named(definition, judgement.document))

    async def _answer_repeats(self, actor: Actor, documents: Sequence[Incoming], outcomes: dict[int, Outcome]) -> None:
        """A document that was kept is receipted again, though rules or balances would refuse it today."""
        refused = [number for number, outcome in outcomes.items() if isinstance(outcome, Refused | Forbidden)]
        asked = [
            Asked(self._lane(actor.party), actor.party, documents[number].key, sha256(documents[number].kept).digest())
            for number in refused
        ]
        if not asked:
            return
        try:
            answers = await self._journal.answered(asked)
        except NotDurable:
            return
        outcomes |= {number: _outcome(answer) for number, answer in zip(refused, answers, strict=True) if answer}

    def _count(self, actor: Actor, service: str, outcomes: Mapping[int, Outcome]) -> None:
        for outcome in outcomes.values():
            if isinstance(outcome, Refused):
                codes = sorted({finding.code for finding in outcome.findings if finding.severity == "error"})
                self._tally.count(service=service, lodger=actor.party, mode=actor.mode, codes=codes)


def _outcome(answer: Receipt | Conflict) -> Receipt | Refusal:
    if isinstance(answer, Receipt):
        return answer
    if answer.code == "sender_reference_used":
        return SenderReferenceUsed(
            "Your own reference was used for another document. Give this one a reference of its own, or amend that one."
        )
    return KeyReused("This Idempotency-Key was used for another document. Use a fresh key for each document.")
