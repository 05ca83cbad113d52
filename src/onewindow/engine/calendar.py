"""Reads the calendars of `_shared/calendars`: one file an office, with its hours, holidays, half days and closures.

```toml
basis = "assumed"
holidays = "holiday"                          # a code list whose codes are days; none: no holidays
[[hours]]                                     # dated; the first that covers the day holds
valid = "../.."
monday = ["09:00-13:00", "14:00-17:30"]       # a weekday left out is closed
[[day]]                                       # one day that differs: a half day, a day without hours
on = 2026-02-16
open = ["09:00-12:00"]
[[closure]]                                   # unplanned: who closed it is in `reason`
from = 2026-07-08T10:00:00+08:00
to = 2026-07-08T15:30:00+08:00
reason = "…"
```
A file without hours is open day and night.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from onewindow.kernel.period import Period
from onewindow.kernel.working_time import Closure, OfficeHours, Opening, WorkingCalendar

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CalendarError(ValueError):
    """A calendar file cannot be read; the message names the file and the cure."""


def load_calendars(shared: Path) -> Mapping[str, WorkingCalendar]:
    """Every calendar of the `_shared` folder, by name. Raises CalendarError."""
    calendars = {path.stem: _load(path, shared) for path in sorted((shared / "calendars").glob("*.toml"))}
    return {"always": WorkingCalendar("always")} | calendars


def _load(path: Path, shared: Path) -> WorkingCalendar:
    try:
        return _calendar(path.stem, tomllib.loads(path.read_text("utf-8")), shared)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalendarError(f"{path.name}: {error}; write it as the other calendars are written") from error


def _calendar(name: str, table: dict[str, Any], shared: Path) -> WorkingCalendar:
    special: dict[date, tuple[Opening, ...]] = dict.fromkeys(_holidays(shared, table.get("holidays", "")), ())
    special.update((day["on"], _openings(day.get("open", []))) for day in table.get("day", []))
    hours = tuple(
        OfficeHours(
            week=tuple(_openings(written.get(weekday, [])) for weekday in _WEEK),
            valid=Period.parse(written.get("valid", "..")),
        )
        for written in table.get("hours", [])
    )
    closures = tuple(
        Closure(start=closure["from"], end=closure["to"], reason=closure.get("reason", ""))
        for closure in table.get("closure", [])
    )
    return WorkingCalendar(name=name, hours=hours, special=special, closures=closures)


def _holidays(shared: Path, code_list: str) -> list[date]:
    if not code_list:
        return []
    with (shared / "codes" / f"{code_list}.csv").open(encoding="utf-8", newline="") as file:
        return [date.fromisoformat(row["code"]) for row in csv.DictReader(file)]


def _openings(written: list[str]) -> tuple[Opening, ...]:
    openings = []
    for text in written:
        opens, _, closes = text.partition("-")
        openings.append((time.fromisoformat(opens), time.fromisoformat(closes)))
    return tuple(sorted(openings))
