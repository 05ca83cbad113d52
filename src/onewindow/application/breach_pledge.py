"""Use case: a pledge was broken; said once, however often it is noticed."""

from __future__ import annotations

from onewindow.application.acting import Call, change_life
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.life.cycle import Life, Step, breach
from onewindow.engine.life.deadlines import overdue
from onewindow.kernel.actor import SYSTEM


def breach_pledges(desk: Desk, reference: str, leg_id: str) -> Receipt | None:
    """Say the first broken pledge of a leg that nobody has said yet; None when there is none (any more)."""
    at = desk.clock()

    def compute(_: Submission, definition: Definition, life: Life) -> Step | None:
        leg = life.leg(leg_id)
        late = [clock for clock in leg.clocks if overdue(clock, at)] if leg else []
        return breach(life, definition, leg_id, late[0].name, at) if late else None

    return change_life(desk, Call(SYSTEM, reference, "pledge-breached", leg_id), compute)
