"""Every service's example can travel the whole way: from lodging to the state in which its journey ends well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from onewindow.channels.document_values import values_of
from onewindow.definitions.model import Action, Definition
from onewindow.engine.calendar import load_calendars
from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.cycle import act, allowed, open_life
from onewindow.engine.life.deadlines import Calendars
from onewindow.engine.life.life import Leg, Life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.working_time import HONG_KONG

REGISTRY = Registry.load()
CALENDARS: Calendars = load_calendars(REGISTRY.catalogue.vocabulary.shared)
LODGER = Actor("company:alpha", roles=frozenset({"lodger"}))
MOST_STEPS = 60
NOW = datetime.now(UTC)


def lodged(definition: Definition) -> tuple[Life, bytes]:
    """The life of the example; what it does to others counts as settled."""
    day = NOW.astimezone(HONG_KONG).date()
    body = REGISTRY.example(definition, day, "T-1", NOW)
    checker = REGISTRY.checker(definition)
    judged = checker.judge(body, day, NOW)
    assert isinstance(judged, Judgement), judged
    life = open_life(definition, judged.opening, NOW, CALENDARS, reference="7Q2K-M4XD-91TB")
    wanted = sum(1 for effect in life.effects if effect.on == "lodged")
    return msgspec.structs.replace(life, settled=tuple(map(str, range(wanted)))), body


def members(leg: Leg) -> list[Actor]:
    """Officers of the leg; several, for panels. Then the lodger."""
    names = ("ada", "bea", "cho", "dee", "eva", "fay", "gus")
    return [Actor(f"agency:{leg.agency}", user=name, roles=frozenset({leg.role})) for name in names] + [LODGER]


def next_act(definition: Definition, life: Life, leg: Leg) -> tuple[Action, Actor] | None:
    """What brings this leg on: a closing that passes, else marks, a split, a question."""
    offers: list[tuple[Action, Actor]] = []
    for actor in members(leg):
        names = [one.action for one in allowed(definition, life, actor) if one.leg == leg.id]
        offers += [(definition.actions[name], actor) for name in names]
    scored = set(leg.scores)
    for action, actor in offers:
        if "close" in action.does and (action.result or "pass") == "pass":
            return action, actor
    wanted = ["score", "split"] + (["hold"] if lodger_answers(definition, leg) else [])
    for verb in wanted if leg.state != "split" else []:
        for action, actor in offers:
            if verb in action.does and actor.user not in scored:
                return action, actor
    return None


def lodger_answers(definition: Definition, leg: Leg) -> bool:
    """True where an officer offers something that the lodger then closes, such as an agreement to sign."""
    stage = definition.stage(leg.stage)
    actions = [definition.actions[name] for name in stage.actions] if stage else []
    return any("lodger" in action.by and "close" in action.does for action in actions)


def by_the_system(definition: Definition, life: Life, done: set[str]) -> Action | None:
    """What comes from elsewhere, such as the bundle that moves its cargo."""
    for one in allowed(definition, life, SYSTEM):
        action = definition.actions[one.action]
        state = definition.state(action.state)
        if not one.leg and action.name not in done and state and state.tone not in ("bad", "closed"):
            return action
    return None


def body_of(definition: Definition, leg: Leg, action: Action) -> dict[str, object]:
    stage = definition.stage(leg.stage)
    assert stage is not None
    split = [one for one in definition.stages if one.opens == "split"]
    legs = [{"stage": one.name, "agency": one.agency or "hyd"} for one in split[:1]]
    marks = [{"criterion": code, "mark": most} for code, _, most in stage.panel.criteria] if stage.panel else []
    return {"words": action.name, "legs": legs, "marks": marks}


def next_turn(definition: Definition, life: Life, done: set[str]) -> tuple[str, Action, Actor]:
    """Leg (empty: the submission), action and actor of the next act."""
    for leg in reversed(life.open_legs):
        if chosen := next_act(definition, life, leg):
            return leg.id, *chosen
    action = by_the_system(definition, life, done)
    assert action, f"{definition.id}: nobody can bring {[(leg.stage, leg.state) for leg in life.open_legs]} on"
    return "", action, SYSTEM


@pytest.mark.parametrize("service", sorted(REGISTRY.catalogue.newest))
def test_the_example_of_a_service_reaches_a_good_end(service: str) -> None:
    definition = REGISTRY.catalogue.newest[service]
    life, body = lodged(definition)
    document = values_of(definition, body, "application/json")
    known = {state.name for state in definition.states}
    at, done = NOW, set[str]()
    for _ in range(MOST_STEPS):
        assert life.state in known, f"{service}: {life.state} is not described"
        if life.ended:
            break
        leg_id, action, actor = next_turn(definition, life, done)
        done.add(action.name)
        at += timedelta(minutes=7)
        leg = life.leg(leg_id)
        values = body_of(definition, leg, action) if leg else {"by": "B-1"}
        step = act(definition, life, action.name, leg_id, values, actor, at, CALENDARS, document=document)
        life = step.life
    state = definition.state(life.state)
    assert state is not None
    assert life.ended, f"{service}: still {life.state} after {MOST_STEPS} acts"
    assert life.state == definition.done_state or state.tone == "good", f"{service} ends as {life.state}"
    if definition.issue is not None:
        assert life.issued, f"{service} issues nothing"
