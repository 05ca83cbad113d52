"""Use case: what may this actor do now? Every door shows its buttons from the answer."""

from __future__ import annotations

from dataclasses import dataclass

from onewindow.application.acting import definition_of, life_of
from onewindow.application.desk import Desk
from onewindow.application.party_to import party_to
from onewindow.application.ports import Submission
from onewindow.definitions.model import Action
from onewindow.engine.life.cycle import Life, allowed
from onewindow.kernel.actor import Actor
from onewindow.kernel.task_id import task_id


@dataclass(frozen=True, slots=True)
class Offer:
    """An action the actor may take now; `task` is empty for one on the submission as a whole."""

    action: Action
    leg: str
    task: str


def allowed_actions(desk: Desk, actor: Actor, submission: Submission) -> tuple[Offer, ...]:
    """What the definition, the state and the actor's roles allow, in the definition's order."""
    definition = definition_of(desk, submission)
    offers = allowed(definition, life_of(desk, submission), party_to(submission, actor))
    return tuple(
        Offer(
            action=definition.actions[one.action],
            leg=one.leg,
            task=task_id(submission.reference, one.leg) if one.leg else "",
        )
        for one in offers
    )


def present_life(desk: Desk, submission: Submission) -> Life:
    """The submission's life, for pages that show its legs and clocks."""
    return life_of(desk, submission)
