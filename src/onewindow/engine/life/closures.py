"""An unplanned closure moves the deadlines that it falls into, by exactly the working time it takes away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from onewindow.definitions.model import Definition
from onewindow.engine.closures import EnteredClosure
from onewindow.engine.life.deadlines import RunningClock
from onewindow.engine.life.draft import Draft, leg_facts
from onewindow.engine.life.life import Happening, Leg, Life, Step
from onewindow.kernel.working_time import WorkingCalendar


@dataclass(frozen=True, slots=True)
class ClosedOffice:
    """One calendar as it was planned, and as it is with the closure."""

    planned: WorkingCalendar
    closed: WorkingCalendar


def move_pledges(
    life: Life, definition: Definition, entered: EnteredClosure, calendars: ClosedOffice, at: datetime
) -> Step | None:
    """The life with its deadlines moved; None when the closure touches none, or has moved them already."""
    if entered.id in life.closures:
        return None
    draft = Draft(definition, life, at, {})
    for leg in life.open_legs:
        clocks = tuple(_moved(clock, leg, entered, calendars) for clock in leg.clocks)
        if clocks != leg.clocks:
            draft.put(leg, clocks=clocks)
    if not draft.changed:
        return None
    facts = {
        "by": "system",
        "closure": entered.id,
        "calendar": entered.calendar,
        "from": entered.closure.start,
        "to": entered.closure.end,
        "legs": [leg_facts(leg) for leg in draft.life.legs if leg.id in draft.changed],
    }
    draft.set(closures=(*life.closures, entered.id), version=life.version + 1)
    return Step(draft.life, (Happening("pledges-moved", facts, {"words": entered.closure.reason}),))


def _moved(clock: RunningClock, leg: Leg, entered: EnteredClosure, calendars: ClosedOffice) -> RunningClock:
    """As much working time as was left where the closure meets the clock; one that started later knows it already."""
    if clock.calendar != entered.calendar or clock.stopped_at or leg.opened_at >= entered.entered_at:
        return clock
    meets = max(entered.closure.start, clock.paused_at or leg.opened_at)
    if not meets < min(clock.due_at, entered.closure.end):
        return clock
    left = calendars.planned.between(meets, clock.due_at)
    return msgspec.structs.replace(clock, due_at=calendars.closed.add(meets, left))
