"""Use case: an office was closed unexpectedly, so the deadlines that it falls into move: a record, never in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from onewindow.application.acting import Call, change_life
from onewindow.application.desk import Desk
from onewindow.application.ports import Submission
from onewindow.definitions.model import Definition
from onewindow.engine.closures import EnteredClosure
from onewindow.engine.life.closures import ClosedOffice, move_pledges
from onewindow.engine.life.cycle import Life, Step
from onewindow.kernel.actor import SYSTEM


def move_open_pledges(desk: Desk, entered: EnteredClosure, references: Iterable[str]) -> Iterable[tuple[str, bool]]:
    """For each submission, whether its deadlines were moved now. Safe to repeat: none is moved twice.

    Raises KeyError when there is no such calendar.
    """
    calendar = desk.calendars[entered.calendar]
    others = tuple(closure for closure in calendar.closures if closure != entered.closure)
    planned = replace(calendar, closures=others)
    office = ClosedOffice(planned, replace(planned, closures=(*others, entered.closure)))

    def compute(_: Submission, definition: Definition, life: Life) -> Step | None:
        return move_pledges(life, definition, entered, office, desk.clock())

    for reference in references:
        call = Call(SYSTEM, reference, "pledges-moved", cause=entered.id)
        yield reference, change_life(desk, call, compute) is not None
