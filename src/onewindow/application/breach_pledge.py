"""Use case: a clock ran out; what the definition does then is done, or the broken pledge said, once."""

from __future__ import annotations

from onewindow.application.acting import Call, change_life
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.life.cycle import Life, Step, run_out
from onewindow.engine.life.deadlines import overdue
from onewindow.kernel.actor import SYSTEM


def breach_pledges(desk: Desk, reference: str, leg_id: str) -> Receipt | None:
    """Settle the first clock of a leg that ran out; None when there is none (any more).

    Raises NotAllowedNow while the submission's state does not allow what the clock does.
    """
    at = desk.clock()

    def compute(_: Submission, definition: Definition, life: Life) -> Step | None:
        leg = life.leg(leg_id)
        late = [clock for clock in leg.clocks if overdue(clock, at)] if leg else []
        return run_out(definition, life, leg_id, late[0].name, at, desk.calendars) if late else None

    return change_life(desk, Call(SYSTEM, reference, "pledge-breached", leg_id), compute)
