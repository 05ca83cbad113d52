"""The way of every act: load the submission, ask the life cycle, append with a version check, try again when overtaken.

The idempotency key comes first: the state that the first try made may well refuse a second one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec

from onewindow.application import refusals
from onewindow.application.desk import Desk
from onewindow.application.party_to import party_to
from onewindow.application.ports import Asked, Change, Conflict, Event, Receipt, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.checking.attached import files_of_body, with_files
from onewindow.engine.life.cycle import (
    Happening,
    Held,
    Life,
    NotNow,
    NotYours,
    Step,
    Unfit,
    decode_life,
    encode_life,
    open_life,
)
from onewindow.engine.life.cycle import act as act_on_life
from onewindow.engine.life.life import Opening
from onewindow.kernel.actor import Actor

PATIENCE_SECONDS = 15.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.005, 0.2
_ISSUING = frozenset({"close", "issue", "score"})
"""Verbs that may end a journey, and so issue what stands at its end."""
WAIT_SECONDS = 1.0

_encoder = msgspec.json.Encoder(decimal_format="string")


@dataclass(frozen=True, slots=True)
class Call:
    """An act as it was asked for. `expected` is the version the caller named, or None.

    `document` and `media` come with an amendment, with `opening`, `summary` and `files` as checking found them. `cause`
    names what made a follower act.
    """

    actor: Actor
    reference: str
    action: str
    leg: str = ""
    body: Mapping[str, object] = field(default_factory=dict)
    key: str = ""
    digest: bytes = b""
    expected: int | None = None
    document: bytes | None = None
    media: str = ""
    opening: Opening | None = None
    summary: str | None = None
    cause: str = ""
    files: tuple[str, ...] = ()


Compute = Callable[[Submission, Definition, Life], Step | None]


def perform(desk: Desk, call: Call) -> Receipt:
    """Carry out one act of a person or a machine and wait until work lists show it.

    Raises NotFound, Forbidden, NotAllowedNow, HeldByAnother, Stale, KeyReused, Refused (the body), NotDurable.
    """

    def compute(submission: Submission, definition: Definition, life: Life) -> Step:
        return act_on_life(
            definition,
            life,
            call.action,
            call.leg,
            call.body,
            party_to(submission, call.actor),
            desk.clock(),
            desk.calendars,
            document=values_for_issue(desk, call, submission, definition),
            opening=call.opening,
        )

    receipt = change_life(desk, call, compute)
    assert receipt is not None, "an act always makes a step"
    return receipt


def change_life(desk: Desk, call: Call, compute: Compute) -> Receipt | None:
    """Append what `compute` makes of the present life; None when it makes nothing. Overtaken acts are tried again."""
    until, pause = time.monotonic() + PATIENCE_SECONDS, FIRST_PAUSE_SECONDS
    while True:
        submission = load(desk, call.actor, call.reference)
        outcome = _known(desk, call, submission.lane) or _try(desk, call, submission, compute)
        if not isinstance(outcome, Conflict):
            return _shown(desk, submission.lane, outcome)
        if outcome.code != "stale_version":
            raise refusals.KeyReused("This Idempotency-Key was used for something else. Use a fresh one.")
        if call.expected is not None:
            raise _stale(outcome.version)
        if time.monotonic() > until:
            raise refusals.NotDurable("Too many act on this at once. Try again in a moment.", retry_after=1)
        time.sleep(random.uniform(0, pause))  # noqa: S311 - spreads those that collide
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2)


def load(desk: Desk, actor: Actor, reference: str) -> Submission:
    """The submission as the actor may see it. Raises NotFound."""
    submission = desk.files.submission(actor, reference)
    if submission is None:
        raise refusals.NotFound(f"There is no submission {reference} that you may see.")
    return submission


def definition_of(desk: Desk, submission: Submission) -> Definition:
    """The definition it was lodged under. Raises UnknownService when that version was taken away."""
    definition = desk.services.definition(submission.service, submission.definition_version)
    if definition is None:
        raise refusals.UnknownService(
            f"Version {submission.definition_version} of {submission.service} is no longer kept here."
        )
    return definition


def life_of(desk: Desk, submission: Submission) -> Life:
    """The life as it was kept, or as lodging began it."""
    if submission.life:
        return decode_life(submission.life)
    return open_life(
        definition_of(desk, submission),
        submission.opening,
        submission.lodged_at,
        desk.calendars,
        reference=submission.reference,
    )


def values_for_issue(
    desk: Desk, call: Call, submission: Submission, definition: Definition
) -> Mapping[str, object] | None:
    """The document's values, read only for an act that may issue something."""
    action = definition.actions.get(call.action)
    if definition.issue is None or action is None or _ISSUING.isdisjoint(action.does):
        return None
    if call.document is not None:
        return desk.values(definition, call.document, call.media)
    found = desk.files.body(call.actor, submission)
    return desk.values(definition, *found) if found else None


def digest_of(call: Call, body: bytes) -> bytes:
    """What a repeat with the same key must agree in."""
    return sha256(b"\x1f".join((call.reference.encode(), call.action.encode(), call.leg.encode(), body))).digest()


def _try(desk: Desk, call: Call, submission: Submission, compute: Compute) -> Receipt | Conflict | None:
    if call.expected is not None and call.expected != submission.version:
        return Conflict("stale_version", submission.version)
    try:
        step = compute(submission, definition_of(desk, submission), life_of(desk, submission))
    except (NotNow, NotYours, Held, Unfit) as refusal:
        raise refusal_of(refusal) from refusal
    return None if step is None else desk.journal.append_now([_change(desk, call, submission, step)])[0]


def _known(desk: Desk, call: Call, lane: int) -> Receipt | Conflict | None:
    """What the key already stands for."""
    if not call.key:
        return None
    return desk.journal.answered_now([Asked(lane, call.actor.party, call.key, call.digest)])[0]


def _change(desk: Desk, call: Call, submission: Submission, step: Step) -> Change:
    return Change(
        lane=submission.lane,
        submission=submission.id,
        expected=submission.version,
        state=step.life.state,
        life=encode_life(step.life),
        events=_events(desk, call, submission, step),
        owner=call.actor.party,
        key=call.key,
        digest=call.digest,
        actor=call.actor.user or call.actor.party,
        readers=step.readers,
        body=call.document,
        media=call.media,
        summary=call.summary,
        inserts=_issues(desk, submission, step, call),
    )


def event_of(happening: Happening, cause: str = "") -> Event:
    """The event as the journal keeps it: facts in the chain, words beside it."""
    words = _encoder.encode(happening.words) if happening.words else b""
    return Event(happening.kind, _encoder.encode(happening.facts), words, cause)


def _issues(desk: Desk, submission: Submission, step: Step, call: Call) -> tuple[tuple[str, dict[str, object]], ...]:
    before = life_of(desk, submission)
    in_force = {one.number for one in before.issued if one.revoked_at is None}
    revoked = tuple(
        ("revocation", {"number": one.number, "revoked_at": one.revoked_at})
        for one in step.life.issued
        if one.number in in_force and one.revoked_at is not None
    )
    if step.issued is None:
        return revoked
    payload = issued_payload(desk, submission, step, call)
    key_id, signature = desk.signer.sign(payload)
    row: dict[str, object] = {
        "number": step.issued.number,
        "submission": submission.id,
        "service": submission.service,
        "key_id": key_id,
        "payload": payload,
        "signature": signature,
        "issued_at": step.issued.issued_at,
    }
    return (*revoked, ("issued", row))


def issued_payload(desk: Desk, submission: Submission, step: Step, call: Call) -> bytes:
    """What is signed: the number, the service, the dates and the items the definition prints."""
    definition = definition_of(desk, submission)
    assert definition.issue is not None
    assert step.issued is not None
    document = values_for_issue(desk, call, submission, definition) or {}
    wire = {
        "number": step.issued.number,
        "service": definition.id,
        "definition_version": definition.version,
        "title": definition.issue.title.as_dict(),
        "agency": definition.agency,
        "reference": submission.reference,
        "issued_at": step.issued.issued_at,
        "valid_until": step.issued.valid_until,
        "fields": {path: value_at(document, path) for path in definition.issue.fields},
    }
    return _encoder.encode(wire)


def value_at(document: object, path: str) -> object:
    """The value at a dotted path; through a table, one value a row."""
    name, _, rest = path.partition(".")
    if isinstance(document, list):
        return [value_at(row, path) for row in document]
    value = document.get(name) if isinstance(document, Mapping) else None
    return value_at(value, rest) if rest and value is not None else value


def _events(desk: Desk, call: Call, submission: Submission, step: Step) -> list[Event]:
    """The step's events; the first one, which is the act, names the files that came with it."""
    action = definition_of(desk, submission).actions.get(call.action)
    files = [*call.files, *files_of_body(action.items if action else None, call.body)]
    act, *more = (event_of(happening, call.cause) for happening in step.events)
    return [replace(act, payload=with_files(act.payload, files)), *more]


def refusal_of(refusal: NotNow | NotYours | Held | Unfit) -> refusals.Refusal | refusals.Refused:
    """The life cycle's refusal as the doors know it."""
    if isinstance(refusal, Unfit):
        return refusals.Refused((refusal.finding,))
    if isinstance(refusal, Held):
        return refusals.HeldByAnother(str(refusal), holder=refusal.holder)
    if isinstance(refusal, NotNow):
        return refusals.NotAllowedNow(str(refusal), state=refusal.state, allowed=list(refusal.allowed))
    return refusals.Forbidden(str(refusal))


def _stale(version: int) -> refusals.Stale:
    return refusals.Stale("Somebody has changed it since. Read it again, then act on that version.", version=version)


def _shown(desk: Desk, lane: int, receipt: Receipt | None) -> Receipt | None:
    if receipt is not None and desk.followed is not None:
        desk.followed.wait(lane, WAIT_SECONDS)
    return receipt
