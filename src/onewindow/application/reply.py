"""Use case: the lodger answers what an agency asked; its clocks go on."""

from __future__ import annotations

from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt
from onewindow.kernel.actor import Actor


def reply(
    desk: Desk, actor: Actor, reference: str, body: bytes, *, key: str = "", expected: int | None = None
) -> Receipt:
    """Reply in words, with files. Raises what `act_on_submission` raises."""
    return act_on_submission(desk, actor, reference, "reply", body, key=key, expected=expected)
