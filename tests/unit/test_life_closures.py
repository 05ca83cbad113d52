"""An unplanned closure moves deadlines by exactly the working time that it takes away, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.engine.closures import EnteredClosure, OfficeCalendars, enter_closure, read_closures
from onewindow.engine.life.closures import ClosedOffice, move_pledges
from onewindow.kernel.working_time import HONG_KONG, Closure
from unit.life_services import CALENDARS, LICENCE, VETTER, begin, do

OFFICE = CALENDARS["office"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def entered(start: str, end: str, calendar: str = "office") -> EnteredClosure:
    closure = Closure(at(start), at(end), "signal 8")
    return EnteredClosure(f"{start}/{end}", calendar, closure, "ada", at(start))


def office(one: EnteredClosure) -> ClosedOffice:
    return ClosedOffice(OFFICE, replace(OFFICE, closures=(one.closure,)))


def moved(life, one):
    step = move_pledges(life, LICENCE, one, office(one), at("2026-06-02T12:00"))
    return step.life if step else None


def due(life):
    return life.legs[0].clocks[0].due_at


def test_a_closed_morning_moves_the_deadline_by_that_morning():
    life = begin(LICENCE, "vetting")  # lodged on Monday at 10, due on Wednesday at 17:30
    after = moved(life, entered("2026-06-02T09:00", "2026-06-02T12:00"))
    assert due(after) == at("2026-06-04T12:00")
    assert after.version == 2


def test_a_whole_day_moves_it_by_a_working_day():
    life = begin(LICENCE, "vetting")
    assert due(moved(life, entered("2026-06-02T00:00", "2026-06-03T00:00"))) == at("2026-06-04T17:30")


@pytest.mark.parametrize(
    ("start", "end", "calendar"),
    [
        ("2026-06-01T07:00", "2026-06-01T10:00", "office"),
        ("2026-06-03T17:30", "2026-06-03T20:00", "office"),
        ("2026-06-06T09:00", "2026-06-06T12:00", "office"),
        ("2026-06-02T09:00", "2026-06-02T12:00", "always"),
    ],
)
def test_a_closure_that_takes_nothing_away_moves_nothing(start, end, calendar):
    assert moved(begin(LICENCE, "vetting"), entered(start, end, calendar)) is None


def test_a_closure_moves_deadlines_once():
    one = entered("2026-06-02T09:00", "2026-06-02T12:00")
    after = moved(begin(LICENCE, "vetting"), one)
    assert moved(after, one) is None


def test_a_clock_that_stands_still_keeps_what_it_had_left():
    life = do(LICENCE, begin(LICENCE, "vetting"), "query", "1", VETTER, at=at("2026-06-01T17:00"))
    one = entered("2026-06-02T09:00", "2026-06-02T12:00")
    after = moved(life, one)
    clock = after.legs[0].clocks[0]
    left = OFFICE.between(life.legs[0].clocks[0].paused_at, life.legs[0].clocks[0].due_at)
    assert office(one).closed.between(clock.paused_at, clock.due_at) == left


@given(st.integers(0, 72), st.integers(1, 72))
def test_the_working_time_to_the_deadline_stays_the_same(begins, lasts):
    life = begin(LICENCE, "vetting")
    start = at("2026-06-01T00:00") + timedelta(hours=begins)
    closure = Closure(start, start + timedelta(hours=lasts), "")
    one = EnteredClosure("x", "office", closure, "ada", at("2026-06-30T00:00"))
    after = moved(life, one) or life
    opened = life.legs[0].opened_at
    assert office(one).closed.between(opened, due(after)) == OFFICE.between(opened, due(life))


def test_a_closure_entered_while_a_process_runs_is_seen_at_once_and_stands_once(tmp_path: Path):
    file = tmp_path / "calendars" / "closures.csv"
    calendars = OfficeCalendars(CALENDARS, file)
    assert calendars["office"].is_open(at("2026-06-02T10:00"))
    one = entered("2026-06-02T09:00", "2026-06-02T12:00")
    enter_closure(file, one)
    enter_closure(file, one)
    assert read_closures(file) == (one,)
    assert not calendars["office"].is_open(at("2026-06-02T10:00"))
    assert sorted(calendars) == ["always", "office"]
