"""Working time: when an office is open, and what follows from that for a deadline.

Instants are aware datetimes; a day is a Hong Kong day. An instant at which an office closes still belongs to its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from onewindow.kernel.period import Period

HONG_KONG = timezone(timedelta(hours=8), "HKT")
"""No summer time since 1979, so a fixed offset is exact and needs no time zone data."""

_LONGEST_CLOSURE_DAYS = 400

Opening = tuple[time, time]
Interval = tuple[datetime, datetime]


class NeverOpen(ValueError):
    """The calendar has no opening hours within a year of the instant."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The openings of each weekday (Monday first) while `valid`."""

    week: tuple[tuple[Opening, ...], ...]
    valid: Period = Period()


@dataclass(frozen=True, slots=True)
class Closure:
    """An unplanned closure, such as a typhoon signal or a black rainstorm: no working time from `start` to `end`."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """Opening hours, days that differ from the week (holidays: no openings; half days: fewer) and closures.

    Without `hours` the calendar is open always, and closures do not touch it.
    """

    name: str
    hours: tuple[OfficeHours, ...] = ()
    special: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()

    def openings(self, day: date) -> tuple[Interval, ...]:
        """The intervals of `day` in which the office is open, in order."""
        return _openings(self, day)

    def is_open(self, at: datetime) -> bool:
        """True while working time passes."""
        return not self.hours or any(start <= at < end for start, end in self.openings(_day(at)))

    def opening_at_or_after(self, at: datetime) -> datetime:
        """`at` itself while the office is open (or just closing), else the next opening. Raises NeverOpen."""
        return max(at, next(self._from(at))[0]) if self.hours else at

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The instant at which `length` of working time has passed since `start`. Raises NeverOpen, ValueError."""
        if length < timedelta(0):
            raise ValueError("working time runs forward only")
        if not self.hours:
            return start + length
        left = length
        for opens, closes in self._from(start):
            begins = max(start, opens)
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise NeverOpen(self.name)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero when `end` is not later."""
        if end <= start:
            return timedelta(0)
        if not self.hours:
            return end - start
        passed, day, last = timedelta(0), _day(start), _day(end)
        while day <= last:
            for opens, closes in self.openings(day):
                passed += max(timedelta(0), min(end, closes) - max(start, opens))
            day += timedelta(days=1)
        return passed

    def add_days(self, start: datetime, days: int) -> datetime:
        """The close of the `days`-th working day after the one in which `start` falls. Raises NeverOpen, ValueError.

        What arrives outside hours arrives at the next opening.
        """
        if days < 0:
            raise ValueError("working time runs forward only")
        if not self.hours:
            return start + timedelta(days=days)
        day = _day(self.opening_at_or_after(start))
        for _ in range(days):
            day = self._next_working_day(day)
        return self.openings(day)[-1][1]

    def _next_working_day(self, day: date) -> date:
        for _ in range(_LONGEST_CLOSURE_DAYS):
            day += timedelta(days=1)
            if self.openings(day):
                return day
        raise NeverOpen(self.name)

    def _from(self, start: datetime) -> Iterator[Interval]:
        day, closed_days = _day(start), 0
        while closed_days < _LONGEST_CLOSURE_DAYS:
            openings = self.openings(day)
            closed_days = 0 if openings else closed_days + 1
            yield from (interval for interval in openings if interval[1] >= start)
            day += timedelta(days=1)
        raise NeverOpen(self.name)


@lru_cache(maxsize=8192)
def _openings(calendar: WorkingCalendar, day: date) -> tuple[Interval, ...]:
    planned = calendar.special.get(day)
    if planned is None:
        planned = next((hours.week[day.weekday()] for hours in calendar.hours if hours.valid.covers(day)), ())
    intervals = [(_instant(day, opens), _instant(day, closes)) for opens, closes in planned]
    for closure in calendar.closures:
        intervals = [left for interval in intervals for left in _without(interval, closure)]
    return tuple(intervals)


def add_months(start: datetime, months: int) -> datetime:
    """The same Hong Kong time so many months later; the last day of a shorter month."""
    local = start.astimezone(HONG_KONG)
    number = local.year * 12 + local.month - 1 + months
    year, month = divmod(number, 12)
    next_month = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (next_month - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last_day)).astimezone(start.tzinfo)


def _day(at: datetime) -> date:
    return at.astimezone(HONG_KONG).date()


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, HONG_KONG)


def _without(interval: Interval, closure: Closure) -> tuple[Interval, ...]:
    start, end = interval
    parts = ((start, min(end, closure.start)), (max(start, closure.end), end))
    if closure.end <= start or end <= closure.start:
        return (interval,)
    return tuple(part for part in parts if part[0] < part[1])
