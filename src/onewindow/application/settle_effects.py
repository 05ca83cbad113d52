"""Use case: what one submission does to another, and the word back whether it was done."""

from __future__ import annotations

from onewindow.application import refusals
from onewindow.application.acting import Call, change_life, perform
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.life.cycle import Life, Step, settle_effect
from onewindow.kernel.actor import SYSTEM


def do_effect(desk: Desk, reference: str, act: str, values: dict[str, object], *, cause: str) -> str:
    """Carry `act` out on the submission referred to, once a cause: the empty string, or why it was refused."""
    call = Call(SYSTEM, reference, act, body=values, key=cause, digest=b"effect", cause=cause)
    try:
        perform(desk, call)
    except refusals.Refused as refused:
        return refused.findings[0].message.en
    except (refusals.NotFound, refusals.NotAllowedNow, refusals.Forbidden) as refused:
        return str(refused)
    return ""


def report_effect(desk: Desk, reference: str, cause: str, *, refused: str) -> Receipt | None:
    """Tell the submission that caused it; None when it knows already."""

    def compute(_: Submission, definition: Definition, life: Life) -> Step | None:
        return settle_effect(life, definition, cause, desk.clock(), refused=refused)

    return change_life(desk, Call(SYSTEM, reference, "effect", cause=cause), compute)
