"""Laws that hold for a life whatever is done to it, in whatever order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onewindow.engine.life.cycle import NotNow, Unfit, act, allowed, decode_life, encode_life
from onewindow.engine.life.deadlines import pause, resume
from onewindow.engine.life.life import Opening
from unit.life_services import (
    AGENT,
    CALENDARS,
    CHECKER,
    COMPLAINT,
    DOCUMENT,
    GRANT,
    INSPECTOR,
    LICENCE,
    LODGED_AT,
    LODGER,
    SECRETARY,
    SYSTEM_ACTOR,
    VETTER,
    begin,
    officer,
)

DEPARTMENTS = [officer(agency, "caseworker", agency) for agency in ("hyd", "dsd", "td")]
MEMBERS = [officer("sief", "member", f"m{number}") for number in range(4)]
SERVICES = {
    "licence": (LICENCE, "vetting checking inspection", {}, [VETTER, CHECKER, INSPECTOR, LODGER, SYSTEM_ACTOR]),
    "complaint": (COMPLAINT, "triage closing", {}, [AGENT, *DEPARTMENTS, LODGER]),
    "grant": (GRANT, "eligibility panel report payment", {"report": 2, "payment": 2}, [SECRETARY, *MEMBERS, LODGER]),
}
BODY = st.fixed_dictionaries(
    {
        "legs": st.lists(
            st.fixed_dictionaries(
                {"stage": st.just("department"), "agency": st.sampled_from(["hyd", "dsd", "td"])},
            ),
            min_size=1,
            max_size=3,
        ),
        "to": st.sampled_from(["person", "departments", "internal"]),
        "by": st.sampled_from(["B-1", "B-2"]),
        "cause": st.sampled_from("abc"),
        "line": st.sampled_from("12"),
        "quantity": st.decimals(Decimal("0.1"), 6, places=1).map(str),
        "reason": st.just("because"),
        "words": st.just("words"),
        "proposed_owner": st.sampled_from(["hyd", "dsd", "td", "landsd"]),
        "marks": st.tuples(st.integers(0, 10), st.integers(0, 10)).map(
            lambda pair: [
                {"criterion": name, "mark": mark} for name, mark in zip(("impact", "cost"), pair, strict=True)
            ]
        ),
    },
    optional={"new_fact": st.just("a new fact")},
)


def walk(data, name, steps):
    """A random walk over what `allowed` offers; yields each life with the step that led to it."""
    service, stages, rows, actors = SERVICES[name]
    life, at = begin(service, stages, **rows), LODGED_AT
    for _ in range(steps):
        offers = [(one, actor) for actor in actors for one in allowed(service, life, actor)]
        if not offers:
            return
        chosen, actor = data.draw(st.sampled_from(offers))
        at += timedelta(minutes=data.draw(st.integers(0, 3000)))
        opening = Opening(tuple(stages.split()[: data.draw(st.integers(1, 3))]), rows)
        body = data.draw(BODY)
        try:
            step = act(
                service, life, chosen.action, chosen.leg, body, actor, at, CALENDARS, document=DOCUMENT, opening=opening
            )
        except (Unfit, NotNow):
            continue
        yield service, life, step, at
        life = step.life


@pytest.mark.parametrize("name", SERVICES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_sequence_of_acts_keeps_the_laws(name, data):
    for service, before, step, at in walk(data, name, 14):
        life = step.life
        assert life.version == before.version + 1
        assert service.state(life.state) is not None, life.state
        assert bool(life.ended) == (not life.open_legs)
        assert all(leg.open for leg in life.legs if leg.closed_at is None)
        assert [leg.id for leg in life.legs][: len(before.legs)] == [leg.id for leg in before.legs]
        assert decode_life(encode_life(life)) == life
        for leg in life.legs:
            assert_leg(life, leg, at)
        for account in life.ledger.accounts:
            assert account.granted + account.available + account.reserved + account.used == 0
            assert min(account.available, account.reserved, account.used) >= 0


def assert_leg(life, leg, at):
    assert all(clock.stopped_at for clock in leg.clocks) or leg.open
    assert all(clock.paused_at is None or leg.state in ("held", "closed") for clock in leg.clocks)
    assert all(clock.due_at >= leg.opened_at.replace(second=0, microsecond=0) for clock in leg.clocks)
    assert leg.opened_at <= at
    if leg.state == "split":
        assert any(child.open for child in life.legs if child.parent == leg.id)
    if leg.parent and leg.open and not life.ended:
        assert life.leg(leg.parent).open


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_pausing_adds_exactly_the_open_time_paused(before, paused, checked):
    clock = begin(LICENCE, "vetting").legs[0].clocks[0]
    office = CALENDARS["office"]
    stopped = LODGED_AT + timedelta(minutes=before)
    resumed_at = stopped + timedelta(minutes=paused)
    after = resume(pause(clock, stopped), resumed_at, CALENDARS)
    if clock.due_at > stopped:
        gained = office.between(clock.due_at, after.due_at)
        assert gained == office.between(stopped, resumed_at)
    else:
        assert after.due_at == clock.due_at
