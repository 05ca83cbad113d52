"""The calendars that services name, as they are written in data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import onewindow
from onewindow.definitions.model import Clock, Limit
from onewindow.engine.calendar import CalendarError, load_calendars
from onewindow.engine.life.deadlines import due_at
from onewindow.kernel.working_time import HONG_KONG

SHARED = Path(onewindow.__file__).parent / "services" / "_shared"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def test_offices_close_on_holidays_and_weekends():
    office = load_calendars(SHARED)["office"]
    assert office.openings(date(2026, 12, 25)) == ()
    assert office.openings(date(2026, 11, 22)) == ()
    assert office.add_days(at("2026-12-24T10:00"), 1) == at("2026-12-28T17:30")


def test_two_working_days_and_thirty_days_go_by_different_calendars():
    calendars = load_calendars(SHARED)
    friday = at("2026-11-20T16:00")
    assert due_at(Clock("due", Limit("working_days", 2)), friday, calendars) == at("2026-11-24T17:30")
    assert due_at(Clock("due", Limit("days", 30)), friday, calendars) == at("2026-12-20T16:00")
    assert due_at(Clock("due", Limit("working_hours", 2)), friday, calendars) == at("2026-11-23T09:30")


def test_a_closure_and_a_half_day_are_data(tmp_path: Path):
    folder = tmp_path / "calendars"
    folder.mkdir()
    (folder / "counter.toml").write_text(
        """
[[hours]]
valid = ".."
monday = ["09:00-13:00", "14:00-17:30"]
tuesday = ["09:00-13:00", "14:00-17:30"]
[[day]]
on = 2026-06-02
open = ["09:00-12:00"]
[[closure]]
from = 2026-06-01T10:00:00+08:00
to = 2026-06-01T16:30:00+08:00
reason = "signal 8"
""",
        encoding="utf-8",
    )
    counter = load_calendars(tmp_path)["counter"]
    assert counter.add(at("2026-06-01T09:30"), timedelta(hours=2)) == at("2026-06-02T09:30")
    assert counter.openings(date(2026, 6, 2))[-1][1] == at("2026-06-02T12:00")


@pytest.mark.parametrize("text", ["[[hours]]\nvalid = 'soon'", "[[day]]\nopen = []", "nonsense"])
def test_a_broken_calendar_names_its_file(tmp_path: Path, text: str):
    folder = tmp_path / "calendars"
    folder.mkdir()
    (folder / "odd.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=r"odd\.toml"):
        load_calendars(tmp_path)


def test_a_deadline_does_not_depend_on_the_second():
    calendars = load_calendars(SHARED)
    clock, minute = Clock("due", Limit("working_hours", 9)), datetime(2026, 11, 20, 3, 4, tzinfo=UTC)
    assert len({due_at(clock, minute.replace(second=second), calendars) for second in range(60)}) == 1
