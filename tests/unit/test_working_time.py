"""Working time of Hong Kong: what an office's hours make of a deadline."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from onewindow.kernel.period import Period
from onewindow.kernel.working_time import (
    HONG_KONG,
    Closure,
    NeverOpen,
    OfficeHours,
    WorkingCalendar,
    add_months,
)

LUNCH = ((time(9), time(13)), (time(14), time(17, 30)))
WEEK = (LUNCH,) * 5 + (((time(9), time(12)),), ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


OFFICE = WorkingCalendar(
    name="office",
    hours=(OfficeHours(week=WEEK),),
    special={date(2026, 2, 17): (), date(2026, 2, 18): (), date(2026, 2, 16): ((time(9), time(12)),)},
    closures=(Closure(at("2026-07-08T10:00"), at("2026-07-08T15:30"), "signal 8"),),
)
ALWAYS = WorkingCalendar(name="always")

instants = st.integers(0, 330 * 24 * 3600).map(lambda seconds: at("2026-01-01") + timedelta(seconds=seconds))
lengths = st.integers(0, 60 * 60 * 80).map(lambda seconds: timedelta(seconds=seconds))
calendars = st.sampled_from([OFFICE, ALWAYS])


@given(calendars, instants, lengths, lengths)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@given(calendars, instants, lengths)
def test_between_measures_what_add_added(calendar, start, length):
    assert calendar.between(start, calendar.add(start, length)) == length


@given(calendars, instants, instants, lengths)
def test_a_later_start_never_makes_an_earlier_deadline(calendar, one, other, length):
    assert calendar.add(min(one, other), length) <= calendar.add(max(one, other), length)


@given(instants, st.integers(0, 30), st.integers(0, 30))
def test_working_days_add_up(start, first, second):
    assert OFFICE.add_days(OFFICE.add_days(start, first), second) == OFFICE.add_days(start, first + second)


@given(instants, instants, st.integers(0, 30))
def test_a_later_start_never_makes_an_earlier_working_day(one, other, days):
    assert OFFICE.add_days(min(one, other), days) <= OFFICE.add_days(max(one, other), days)


@given(instants, lengths)
def test_work_outside_hours_begins_at_the_next_opening(start, length):
    assume(not OFFICE.is_open(start))
    assert OFFICE.add(start, length) == OFFICE.add(OFFICE.opening_at_or_after(start), length)


@given(calendars, instants, instants)
def test_working_time_is_never_negative(calendar, one, other):
    assert calendar.between(one, other) >= timedelta(0)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-06-01T10:00", 2, "2026-06-01T12:00"),  # a Monday
        ("2026-06-01T12:00", 2, "2026-06-01T15:00"),  # over lunch
        ("2026-06-01T20:00", 1, "2026-06-02T10:00"),  # lodged in the evening
        ("2026-06-05T16:30", 2, "2026-06-06T10:00"),  # Friday into the Saturday half day
        ("2026-06-07T11:00", 0, "2026-06-08T09:00"),  # Sunday
        ("2026-02-16T11:00", 2, "2026-02-19T10:00"),  # Lunar New Year: a half day, then two holidays
        ("2026-07-08T09:30", 2, "2026-07-08T17:00"),  # signal 8 between 10:00 and 15:30
    ],
)
def test_hours_are_counted_while_the_office_is_open(start, hours, due):
    assert OFFICE.add(at(start), timedelta(hours=hours)) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-06-01T10:00", 2, "2026-06-03T17:30"),
        ("2026-06-01T18:00", 2, "2026-06-04T17:30"),  # after closing counts as the next day
        ("2026-06-05T10:00", 1, "2026-06-06T12:00"),  # Saturday is a half day
        ("2026-02-16T10:00", 1, "2026-02-19T17:30"),
    ],
)
def test_working_days_end_with_the_close_of_the_day(start, days, due):
    assert OFFICE.add_days(at(start), days) == at(due)


def test_hours_changed_by_law_hold_from_their_day():
    earlier = OfficeHours(week=(((time(9), time(13)),),) * 7, valid=Period(None, date(2026, 3, 31)))
    later = OfficeHours(week=(((time(9), time(11)),),) * 7, valid=Period(date(2026, 4, 1), None))
    calendar = WorkingCalendar(name="dated", hours=(earlier, later))
    assert calendar.add(at("2026-03-31T12:00"), timedelta(hours=2)) == at("2026-04-01T10:00")
    assert calendar.add_days(at("2026-03-31T12:00"), 1) == at("2026-04-01T11:00")


def test_an_office_that_never_opens_is_named():
    with pytest.raises(NeverOpen):
        WorkingCalendar(name="shut", hours=(OfficeHours(week=((),) * 7),)).add(at("2026-01-01T00:00"), timedelta(1))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31T08:00", 1, "2026-02-28T08:00"),
        ("2026-12-15T08:00", 1, "2027-01-15T08:00"),
        ("2026-11-30T08:00", 3, "2027-02-28T08:00"),
        ("2026-06-01T00:30", 6, "2026-12-01T00:30"),
    ],
)
def test_months_keep_the_day_or_end_with_the_month(start, months, end):
    assert add_months(at(start), months) == at(end)
