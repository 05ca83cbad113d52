"""In which roles somebody stands to one submission: `lodger` and `system` are never roles that an account can hold."""

from __future__ import annotations

from dataclasses import replace

from onewindow.application.ports import Submission
from onewindow.application.principals import may_act_for
from onewindow.kernel.actor import Actor

_RELATIVE = frozenset({"lodger", "system"})


def party_to(submission: Submission, actor: Actor) -> Actor:
    """The actor with its roles towards this submission.

    A broker is its lodger only while the principal's mandate is in force: what was lodged stays readable, acts stop.
    """
    roles = actor.roles - _RELATIVE
    if actor.party.startswith("system:"):
        roles |= {"system"}
    elif _lodged(submission, actor):
        roles |= {"lodger"}
    return replace(actor, roles=roles)


def _lodged(submission: Submission, actor: Actor) -> bool:
    if actor.party == submission.principal:
        return True
    if actor.party != submission.lodger:
        return False
    return may_act_for(actor, submission.principal, submission.service)
