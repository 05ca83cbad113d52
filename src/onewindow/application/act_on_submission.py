"""Use case: act on a submission as a whole: reply, withdraw, write, reopen, revoke, bundle, reserve, …"""

from __future__ import annotations

from dataclasses import replace

from onewindow.application.acting import Call, definition_of, digest_of, load, perform
from onewindow.application.action_body import checked_body
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt
from onewindow.kernel.actor import Actor


def act_on_submission(
    desk: Desk, actor: Actor, reference: str, action: str, body: bytes, *, key: str = "", expected: int | None = None
) -> Receipt:
    """Do `action` to the submission; what it takes comes from the definition. `expected` is a version the caller read.

    Raises NotFound, Forbidden, NotAllowedNow, Stale, KeyReused, Malformed, Refused, NotDurable.
    """
    definition = definition_of(desk, load(desk, actor, reference))
    values = checked_body(desk, definition, action, body)
    call = Call(actor, reference, action, "", values, key, expected=expected)
    return perform(desk, replace(call, digest=digest_of(call, body)))
