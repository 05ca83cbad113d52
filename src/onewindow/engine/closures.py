"""Unplanned closures of an office: a typhoon signal 8, a black rainstorm. Each is entered once, with who and when.

They stand in one file of the installation, a line each: `id,calendar,from,to,reason,by,entered_at`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from onewindow.kernel.working_time import Closure, WorkingCalendar

_COLUMNS = ("id", "calendar", "from", "to", "reason", "by", "entered_at")


@dataclass(frozen=True, slots=True)
class EnteredClosure:
    """A closure of one calendar, and who entered it when; `id` names it for ever."""

    id: str
    calendar: str
    closure: Closure
    by: str
    entered_at: datetime


def read_closures(file: Path) -> tuple[EnteredClosure, ...]:
    """Every closure of the file, in the order entered; none without a file. Raises ValueError for an odd line."""
    if not file.exists():
        return ()
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(_entered(row) for row in csv.DictReader(lines))


def enter_closure(file: Path, entered: EnteredClosure) -> None:
    """Add a closure to the file, unless it stands there."""
    known = read_closures(file)
    if any(one.id == entered.id for one in known):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    with draft.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(one) for one in (*known, entered))
    draft.replace(file)


class OfficeCalendars(Mapping[str, WorkingCalendar]):
    """Calendars with the closures that were entered so far; one entered while a process runs is seen at once."""

    def __init__(self, planned: Mapping[str, WorkingCalendar], file: Path) -> None:
        self._planned = planned
        self._file = file
        self._seen = -1
        self._present: Mapping[str, WorkingCalendar] = planned

    def __getitem__(self, name: str) -> WorkingCalendar:
        changed = self._file.stat().st_mtime_ns if self._file.exists() else 0
        if changed != self._seen:
            self._present = with_closures(self._planned, read_closures(self._file))
            self._seen = changed
        return self._present[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._planned)

    def __len__(self) -> int:
        return len(self._planned)


def with_closures(
    calendars: Mapping[str, WorkingCalendar], entered: tuple[EnteredClosure, ...]
) -> Mapping[str, WorkingCalendar]:
    """The calendars with these closures added to those they had."""
    return {
        name: replace(
            calendar, closures=(*calendar.closures, *(one.closure for one in entered if one.calendar == name))
        )
        for name, calendar in calendars.items()
    }


def _entered(row: dict[str, str]) -> EnteredClosure:
    start, end = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])
    closure = Closure(start, end, row["reason"])
    return EnteredClosure(row["id"], row["calendar"], closure, row["by"], datetime.fromisoformat(row["entered_at"]))


def _row(one: EnteredClosure) -> tuple[str, ...]:
    start, end = one.closure.start.isoformat(), one.closure.end.isoformat()
    return one.id, one.calendar, start, end, one.closure.reason, one.by, one.entered_at.isoformat()
