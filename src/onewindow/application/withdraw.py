"""Use case: the lodger takes a submission back."""

from __future__ import annotations

from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt
from onewindow.kernel.actor import Actor


def withdraw(
    desk: Desk, actor: Actor, reference: str, body: bytes, *, key: str = "", expected: int | None = None
) -> Receipt:
    """Withdraw, for a reason of the code list. Raises what `act_on_submission` raises."""
    return act_on_submission(desk, actor, reference, "withdraw", body, key=key, expected=expected)
