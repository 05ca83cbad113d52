"""Where a submission is: what has happened, what is being done now, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from onewindow.application.ports import StoredEvent
from onewindow.bootstrap import platform
from onewindow.definitions.model import Action, Clock, Definition, Stage
from onewindow.engine.life.cycle import Leg, Life
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.web.finding_services import agency_name
from onewindow.web.forms.reading import Answer, Reader
from onewindow.web.language import language_now
from onewindow.web.words_catalogue import catalogue as page_words
from onewindow.web.words_catalogue import words_of

HIDDEN = frozenset({"effect-settled"})
"""Bookkeeping between submissions that tells nobody anything."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the time line: what, who, when, and what was said."""

    title: Words
    by: Words | None
    at: datetime
    answers: tuple[Answer, ...] = ()
    mine: bool = False
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Working:
    """A leg that is open: which step, at which agency, since when and until when."""

    leg: Leg
    title: Words
    agency: Words
    due_at: datetime | None
    late: bool


def time_line(definition: Definition, actor: Actor, events: Iterable[StoredEvent]) -> list[Happened]:
    """What has happened, oldest first, as far as it concerns the one who looks."""
    told = [(event, _decoded(event.payload)) for event in events if event.kind not in HIDDEN]
    return [
        _happened(definition, actor, event, facts)
        for event, facts in told
        if _concerns(definition.actions.get(event.kind), facts, actor)
    ]


def document_versions(events: Iterable[StoredEvent]) -> list[int]:
    """The versions of the submission that brought a document, oldest first; other acts leave the document as it was."""
    return [event.version for event in events if event.kind in ("lodged", "amend")]


def work_now(definition: Definition, life: Life, now: datetime) -> list[Working]:
    """The legs that are open, those that wait for their own children left out."""
    return [_working(definition, leg, now) for leg in life.open_legs if leg.state != "split"]


def steps_ahead(definition: Definition, life: Life) -> list[tuple[Stage, Words, Clock | None]]:
    """Stages that will still open by themselves, with their agency and pledge."""
    begun = {leg.stage for leg in life.legs if not leg.superseded}
    own = [stage for stage in definition.stages if stage.opens == "itself" and stage.name in life.stages]
    ahead = [stage for stage in own if stage.name not in begun]
    if life.ended:
        return []
    return [(stage, agency_name(platform().catalogue, stage.agency), due_clock(stage)) for stage in ahead]


def due_clock(stage: Stage) -> Clock | None:
    """The stage's own pledge."""
    return next((clock for clock in stage.clocks if clock.name == "due"), None)


def _working(definition: Definition, leg: Leg, now: datetime) -> Working:
    stage = definition.stage(leg.stage)
    running = [clock.due_at for clock in leg.clocks if clock.running]
    due = min(running) if running else None
    title = stage.title if stage else Words(leg.stage, leg.stage, leg.stage)
    return Working(leg, title, agency_name(platform().catalogue, leg.agency), due, due is not None and due < now)


def _concerns(action: Action | None, facts: Mapping[str, object], actor: Actor) -> bool:
    """Agencies see everything; the lodger what it did, what it is told, and messages that are meant for it."""
    if actor.agency or action is None:
        return True
    if "to" in facts:
        return facts["to"] == "person" or "lodger" in action.by
    return "lodger" in action.by or "lodger" in action.tells


def _happened(definition: Definition, actor: Actor, event: StoredEvent, facts: Mapping[str, object]) -> Happened:
    action = definition.actions.get(event.kind)
    agency = str(facts.get("agency", ""))
    lodger = words_of("event.lodger") if event.kind == "lodged" or (action and "lodger" in action.by) else None
    by = agency_name(platform().catalogue, agency) if agency else lodger
    mine = agency == actor.agency if agency else not actor.agency
    return Happened(
        title=_title(action, event.kind, actor),
        by=by,
        at=event.at,
        answers=_answers(definition, action, event, facts),
        mine=mine,
        is_message=action is not None and "message" in action.does,
    )


def _title(action: Action | None, kind: str, actor: Actor) -> Words:
    """Agencies read what was done; the lodger reads the sentence that is meant for it."""
    if action is None:
        return _event_title(kind)
    return action.says if action.says and not actor.agency and "lodger" in action.tells else action.title


def event_title(service: str, version: str, kind: str) -> Words:
    """What happened, in words: an action's sentence to the lodger or its title, or an event of the engine.

    `version` is the submission's; the newest has the words for what does not name one.
    """
    known = platform().catalogue
    definition = known.version(service, version) or known.newest.get(service)
    action = definition.actions.get(kind) if definition else None
    return (action.says or action.title) if action else _event_title(kind)


def _event_title(kind: str) -> Words:
    key = f"event.{kind}"
    return words_of(key) if key in page_words() else Words(*[kind.replace("-", " ")] * 3)


def _answers(
    definition: Definition, action: Action | None, event: StoredEvent, facts: Mapping[str, object]
) -> tuple[Answer, ...]:
    said = _decoded(event.detail)
    if action is None or action.items is None:
        return tuple(Answer("", str(value), "") for name, value in said.items() if name == "words")
    codes = facts.get("codes")
    body = {**(codes if isinstance(codes, dict) else {}), **said}
    reader = Reader(action.items, platform().catalogue.vocabulary.lists, language_now())
    answers = tuple(answer for section in reader.sections(body) for answer in section.answers)
    if "score" in action.does:
        return _marks(definition, answers)
    return (
        tuple(answer for answer in answers if not answer.pointer.endswith("/stage"))
        if "split" in action.does
        else answers
    )


def _marks(definition: Definition, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Comments as they are, and each mark under the words of its criterion."""
    panels = [stage.panel for stage in definition.stages if stage.panel]
    titles = {code: words.of(language_now()) for panel in panels for code, words, _ in panel.criteria}
    criteria = {one.pointer.rpartition("/")[0]: one.text for one in answers if one.pointer.endswith("/criterion")}
    return tuple(
        replace(answer, label=titles.get(criterion, criterion)) if criterion else answer
        for answer in answers
        for criterion in (criteria.get(answer.pointer.rpartition("/")[0], ""),)
        if not answer.pointer.endswith("/criterion")
    )


def _decoded(stored: bytes) -> dict[str, object]:
    try:
        found = msgspec.json.decode(stored) if stored else {}
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
