"""The front door of the life cycle: what an actor may do, and what doing it makes of a submission's life.

Everything here is pure: time, calendars and facts come in, a Step comes out. Raises the exceptions of `life_refusal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from onewindow.definitions.model import Action, Definition, Item
from onewindow.engine.life.deadlines import Calendars, overdue, stop
from onewindow.engine.life.draft import Draft, leg_facts
from onewindow.engine.life.journey import advance
from onewindow.engine.life.life import (
    Allowed,
    Happening,
    IssuedDocument,
    Leg,
    Life,
    Opening,
    Step,
    decode_life,
    encode_life,
)
from onewindow.engine.life.opening import OpeningBook, open_life
from onewindow.engine.life.permission import allowed, demand
from onewindow.engine.life.refusal import Held, NotNow, NotYours, Unfit
from onewindow.engine.life.verbs import VERBS, Turn
from onewindow.kernel.actor import SYSTEM, Actor

__all__ = [
    "Allowed",
    "Happening",
    "Held",
    "IssuedDocument",
    "Leg",
    "Life",
    "NotNow",
    "NotYours",
    "OpeningBook",
    "Step",
    "Unfit",
    "act",
    "allowed",
    "breach",
    "decode_life",
    "encode_life",
    "open_life",
    "run_out",
    "settle_effect",
]


def act(
    definition: Definition,
    life: Life,
    action: str,
    leg: str,
    body: Mapping[str, object],
    actor: Actor,
    at: datetime,
    calendars: Calendars,
    *,
    document: Mapping[str, object] | None = None,
    opening: Opening | None = None,
    ran_out: tuple[str, str] | None = None,
) -> Step:
    """Do `action` to `leg` (empty: to the submission). `body` was checked against the action's items.

    `document` holds the lodged document's values where the service issues one; `opening` what an amended document
    opens; `ran_out` names the leg and the clock that made the system act.

    Raises NotYours (role or agency), NotNow (names the state and what is allowed), Held, Unfit (body).
    """
    permitted = demand(definition, life, action, leg, actor)
    draft = Draft(definition, life, at, calendars, document=document or {}, opening=opening, was=life.state)
    turn = Turn(permitted, actor, leg, body)
    for verb in permitted.does:
        VERBS[verb](draft, turn)
    if ran_out is not None:
        _mark_broken(draft, *ran_out)
    _stop_clocks(draft, turn)
    _show_state(draft, turn)
    advance(draft)
    return _step(draft, turn)


def run_out(
    definition: Definition, life: Life, leg_id: str, clock_name: str, at: datetime, calendars: Calendars
) -> Step | None:
    """What a clock that ran out brings about: its action, done by the system, or the broken pledge said once.

    None when the clock is not overdue (any more). Raises NotNow while the submission's state does not allow the action.
    """
    leg = life.leg(leg_id)
    stage = definition.stage(leg.stage) if leg is not None and leg.open else None
    if leg is None or stage is None or not any(one.name == clock_name and overdue(one, at) for one in leg.clocks):
        return None
    name = next((clock.breach for clock in stage.clocks if clock.name == clock_name), "")
    if not name:
        return breach(life, definition, leg_id, clock_name, at)
    place = "" if definition.actions[name].of == "submission" else leg_id
    return act(definition, life, name, place, {}, SYSTEM, at, calendars, ran_out=(leg_id, clock_name))


def breach(life: Life, definition: Definition, leg_id: str, clock_name: str, at: datetime) -> Step | None:
    """The broken pledge said once, to the agency that has the leg and to the one that sent it there.

    None when the clock is not overdue (any more).
    """
    leg = life.leg(leg_id)
    if leg is None or not leg.open:
        return None
    broken = [clock for clock in leg.clocks if clock.name == clock_name and overdue(clock, at)]
    if not broken:
        return None
    draft = Draft(definition, life, at, {})
    after = _mark_broken(draft, leg.id, clock_name)
    facts = {
        "leg": leg.id,
        "stage": leg.stage,
        "clock": clock_name,
        "due_at": broken[0].due_at,
        "legs": [leg_facts(after)],
        "by": "system",
        "tells": sorted({f"agency:{one.agency}" for one in (leg, life.leg(leg.parent)) if one and one.agency}),
    }
    return Step(_next(draft), (Happening("pledge-breached", facts),))


def settle_effect(life: Life, definition: Definition, cause: str, at: datetime, *, refused: str = "") -> Step | None:
    """What a follower did for this submission to another one (`refused`: why not); None when it is known already."""
    if cause in life.settled or cause in life.refused_effects:
        return None
    draft = Draft(definition, life, at, {})
    if refused:
        draft.set(refused_effects=(*life.refused_effects, cause))
    else:
        draft.set(settled=(*life.settled, cause))
    told = ["lodger", *sorted({f"agency:{leg.agency}" for leg in life.open_legs if leg.agency})] if refused else []
    facts: dict[str, object] = {"by": "system", "cause": cause, "tells": told}
    kind = "effect-refused" if refused else "effect-settled"
    return Step(_next(draft), (Happening(kind, facts, {"words": refused} if refused else {}),))


def _mark_broken(draft: Draft, leg_id: str, clock_name: str) -> Leg:
    """So that it is said once: a broken clock has no alarm."""
    leg = draft.life.leg(leg_id)
    assert leg is not None, "legs are never taken out of a life"
    draft.facts["clock"] = clock_name
    clocks = tuple(
        msgspec.structs.replace(clock, breached=True) if clock.name == clock_name else clock for clock in leg.clocks
    )
    return draft.put(leg, clocks=clocks)


def _stop_clocks(draft: Draft, turn: Turn) -> None:
    """An action that keeps a pledge stops its clock, while the leg may stay open."""
    leg = draft.life.leg(turn.leg_id)
    if leg is None or not leg.open:
        return
    kept = {clock.name for clock in draft.stage_of(leg).clocks if turn.action.name in clock.stops}
    if kept:
        clocks = tuple(stop(clock, draft.at) if clock.name in kept else clock for clock in leg.clocks)
        draft.put(leg, clocks=clocks)


def _show_state(draft: Draft, turn: Turn) -> None:
    """An action's own state shows while its leg stays open, or covers the journey when it is of the submission."""
    state, does = turn.action.state, turn.action.does
    if not state or "close" in does or "revoke" in does:
        return
    leg = draft.life.leg(turn.leg_id)
    if leg is not None and leg.open and leg.public != state:
        draft.put(leg, public=state)
    elif leg is None and draft.life.open_legs:
        draft.set(standing=state)
    elif leg is None and "bind" not in does:
        draft.set(ended=state)


def _step(draft: Draft, turn: Turn) -> Step:
    events = [Happening(turn.action.name, _facts(draft, turn), dict(turn.body))]
    if draft.decision is not None:
        events.append(_decided(draft, draft.decision, turn.leg_id))
    if draft.issued is not None:
        issued = draft.issued
        facts = {"number": issued.number, "valid_until": issued.valid_until, "tells": ["lodger"]}
        events.append(Happening("issued", {name: value for name, value in facts.items() if value}))
    return Step(_next(draft), tuple(events), draft.issued, _readers(draft))


def _decided(draft: Draft, action: Action, leg_id: str) -> Happening:
    """What a panel has decided, as if its action had been taken."""
    facts = {"state": draft.life.state, "leg": leg_id, "outcome": action.outcome, "tells": sorted(action.tells)}
    return Happening(action.name, facts)


def _next(draft: Draft) -> Life:
    return msgspec.structs.replace(draft.life, version=draft.life.version + 1)


def _facts(draft: Draft, turn: Turn) -> dict[str, object]:
    leg = draft.life.leg(turn.leg_id)
    facts: dict[str, object] = {"by": _side(turn), "state": draft.life.state}
    if draft.was != draft.life.state:
        facts["was"] = draft.was
    if leg is not None:
        facts |= {"leg": leg.id, "stage": leg.stage, "agency": leg.agency}
    for name in ("outcome", "result"):
        value = getattr(turn.action, name)
        if value:
            facts[name] = value
    facts |= draft.facts
    legs = [one for one in draft.life.legs if one.id in draft.changed]
    facts["legs"] = [leg_facts(one) for one in legs]
    if draft.postings:
        facts["postings"] = [msgspec.structs.asdict(posting) for posting in draft.postings]
    facts["tells"] = _tells(draft, turn)
    codes = _codes(turn.action.items, turn.body)
    return facts | ({"codes": codes} if codes else {})


def _side(turn: Turn) -> str:
    """Which side acted: an agency, the lodger or the system. Who in person is the event's actor."""
    if turn.actor.agency:
        return turn.actor.party
    return "system" if "system" in turn.actor.roles else "lodger"


def _tells(draft: Draft, turn: Turn) -> list[str]:
    leg = draft.life.leg(turn.leg_id)
    words = set(turn.action.tells)
    if "message" in turn.action.does and turn.leg_id:
        words |= {"person": {"lodger"}, "departments": {"departments"}}.get(str(draft.facts["to"]), set())
    found = {"lodger"} & words
    if "agency" in words:
        found |= {f"agency:{one.agency}" for one in ([leg] if leg else draft.life.open_legs) if one.agency}
        found |= set() if leg or draft.life.open_legs else {f"agency:{draft.definition.agency}"}
    if "departments" in words:
        found |= {f"agency:{one.agency}" for one in draft.life.open_legs if one.agency}
    if "parent" in words and leg is not None:
        parent = draft.life.leg(leg.parent)
        found |= {f"agency:{parent.agency}"} if parent else set()
    return sorted(found - {turn.actor.party})


def _readers(draft: Draft) -> tuple[str, ...]:
    """Agencies that may read from now on: those of the legs this act opened, and those that are told with them."""
    opened = [leg for leg in draft.life.legs if leg.id in draft.changed and leg.opened_at == draft.at]
    agencies = {leg.agency for leg in opened} | {name for leg in opened for name in draft.stage_of(leg).tells}
    return tuple(sorted(f"agency:{agency}" for agency in agencies if agency))


def _codes(item: Item | None, body: Mapping[str, Any]) -> dict[str, object]:
    """The codes of a body, which may stand in the event itself; words and files may not."""
    children = item.children if item else ()
    return {one.name: body[one.name] for one in children if one.codes and not one.sensitive and body.get(one.name)}
