"""Use case: an officer (or whoever the definition names) acts on a task: claim, query, approve, split, score, …"""

from __future__ import annotations

from dataclasses import replace

from onewindow.application import refusals
from onewindow.application.acting import Call, definition_of, digest_of, load, perform
from onewindow.application.action_body import checked_body
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt
from onewindow.kernel.actor import Actor
from onewindow.kernel.task_id import parse_task_id


def act_on_task(
    desk: Desk, actor: Actor, task: str, action: str, body: bytes, *, key: str = "", expected: int | None = None
) -> Receipt:
    """Do `action` to the task; what it takes comes from the definition. `expected` is a version the caller read.

    Raises NotFound, Forbidden, NotAllowedNow, HeldByAnother, Stale, KeyReused, Malformed, Refused, NotDurable.
    """
    place = parse_task_id(task)
    if place is None:
        raise refusals.NotFound(f"There is no task {task} that you may see.")
    reference, leg = place
    definition = definition_of(desk, load(desk, actor, reference))
    call = Call(actor, reference, action, leg, checked_body(desk, definition, action, body), key, expected=expected)
    return perform(desk, replace(call, digest=digest_of(call, body)))
