"""Pledges as running clocks: when they are due, and what pausing does to them.

A deadline falls on a whole minute: a clock starts with the minute in which its stage opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from onewindow.definitions.model import Clock, Limit, Stage
from onewindow.kernel.working_time import WorkingCalendar, add_months

Calendars = Mapping[str, WorkingCalendar]

ALWAYS = WorkingCalendar("always")
"""The calendar of limits that run day and night."""


class RunningClock(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pledge of one leg. While `paused_at` is set, `due_at` says what was left at that instant."""

    name: str
    due_at: datetime
    calendar: str = ""
    pausable: bool = True
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    breached: bool = False

    @property
    def running(self) -> bool:
        """True while time passes on it."""
        return self.paused_at is None and self.stopped_at is None


def start_clocks(stage: Stage, at: datetime, calendars: Calendars) -> tuple[RunningClock, ...]:
    """The clocks of a leg that opens now."""
    return tuple(
        RunningClock(
            name=clock.name,
            due_at=due_at(clock, at, calendars),
            calendar=_calendar_name(clock),
            pausable=clock.pausable,
        )
        for clock in stage.clocks
    )


def due_at(clock: Clock, at: datetime, calendars: Calendars) -> datetime:
    """When a clock that starts now is due. Raises KeyError for an unknown calendar."""
    calendar = _calendar(_calendar_name(clock), calendars)
    return _due_at(clock.limit, calendar, at.replace(second=0, microsecond=0))


def pause(clock: RunningClock, at: datetime) -> RunningClock:
    """The clock standing still; one that may not pause, or is over, stays as it is."""
    if not clock.pausable or not clock.running:
        return clock
    return msgspec.structs.replace(clock, paused_at=at)


def resume(clock: RunningClock, at: datetime, calendars: Calendars) -> RunningClock:
    """The clock going on with exactly the working time it had left; one that was late stays late."""
    if clock.paused_at is None or clock.stopped_at is not None:
        return clock
    due = clock.due_at
    if due > clock.paused_at:
        calendar = _calendar(clock.calendar, calendars)
        due = calendar.add(at, calendar.between(clock.paused_at, due))
    return msgspec.structs.replace(clock, due_at=due, paused_at=None)


def stop(clock: RunningClock, at: datetime) -> RunningClock:
    """The clock at its end, kept or broken."""
    return clock if clock.stopped_at is not None else msgspec.structs.replace(clock, stopped_at=at)


def overdue(clock: RunningClock, at: datetime) -> bool:
    """True when the pledge is broken and nobody has said so yet."""
    return clock.running and not clock.breached and clock.due_at <= at


def next_alarm(clocks: Iterable[RunningClock]) -> datetime | None:
    """The earliest instant at which one of the clocks may break its pledge."""
    return min((clock.due_at for clock in clocks if clock.running and not clock.breached), default=None)


def shown_due(clocks: Iterable[RunningClock]) -> datetime | None:
    """The deadline a work list shows: the clock named `due`, else the earliest; none while it is paused."""
    running = [clock for clock in clocks if clock.running]
    named = [clock.due_at for clock in running if clock.name == "due"]
    return min(named or (clock.due_at for clock in running), default=None)


def _calendar_name(clock: Clock) -> str:
    return clock.calendar if clock.limit.unit in ("working_days", "working_hours") else ""


def _calendar(name: str, calendars: Calendars) -> WorkingCalendar:
    return calendars[name] if name else ALWAYS


@lru_cache(maxsize=16384)
def _due_at(limit: Limit, calendar: WorkingCalendar, at: datetime) -> datetime:
    if limit.unit == "working_days":
        return calendar.add_days(at, limit.amount)
    if limit.unit == "months":
        return add_months(at, limit.amount)
    hours = limit.amount * (24 if limit.unit == "days" else 1)
    return calendar.add(at, timedelta(hours=hours))
