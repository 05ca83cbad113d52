"""Answers trials: what was lodged with a key in test mode meets real checks, and here an answer from a made officer.

By default every stage passes. A sender's reference with `QUERY` or `REFUSE` in it gets that answer, where the service
has it, so that a client can rehearse each way.
"""

from __future__ import annotations

import structlog

from onewindow.application import refusals
from onewindow.application.acting import Call, life_of, perform
from onewindow.application.desk import Desk
from onewindow.application.ports import Submission
from onewindow.definitions.model import Action, Definition, Panel, Stage
from onewindow.engine.life.life import Leg
from onewindow.followers.follow import TRIALS, Connection, Entry
from onewindow.kernel.actor import SYSTEM, Actor

_WORDS = "Answer of the test mode. No officer has seen this."

log = structlog.get_logger(__name__)


class SandboxFollower:
    """Follows events of trials; acts through the journal as an officer would."""

    name = "sandbox"
    batch = 5000
    reads = TRIALS

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:  # noqa: ARG002 - as followers are
        """Answer the trials among these events."""
        for reference in dict.fromkeys(entry.reference for entry in entries if entry.mode == "test"):
            self._answer(reference)

    def clear(self, connection: Connection) -> None:
        """Nothing: an answer once given stands."""

    def _answer(self, reference: str) -> None:
        submission = self.desk.files.submission(SYSTEM, reference)
        if submission is None:
            return
        definition = self.desk.services.definition(submission.service, submission.definition_version)
        if definition is None:
            return
        for leg in life_of(self.desk, submission).open_legs:
            stage = definition.stage(leg.stage)
            if stage is not None and leg.agency and leg.state in ("pending", "claimed"):
                self._act(submission, definition, leg, stage)

    def _act(self, submission: Submission, definition: Definition, leg: Leg, stage: Stage) -> None:
        if stage.panel is not None:
            for number in range(stage.panel.quorum):
                self._do(submission, leg, "score", {"marks": _full_marks(stage.panel)}, f"sandbox-{number + 1}")
            return
        action = _answer_of(definition, stage, leg, submission.sender_reference.upper())
        if action is not None:
            self._do(
                submission, leg, action.name, {"words": _WORDS, "reasons": ["other"], "reason": "other"}, "sandbox"
            )

    def _do(self, submission: Submission, leg: Leg, action: str, body: dict[str, object], user: str) -> None:
        officer = Actor(f"agency:{leg.agency}", user=user, roles=frozenset({leg.role}), mode="test")
        key = f"sandbox/{submission.reference}/{leg.id}/{leg.version}/{action}/{user}"
        call = Call(officer, submission.reference, action, leg.id, body, key, digest=b"sandbox")
        try:
            perform(self.desk, call)
        except (refusals.NotAllowedNow, refusals.Forbidden, refusals.HeldByAnother, refusals.Refused) as refused:
            log.info("sandbox_could_not_answer", reference=submission.reference, action=action, said=str(refused))


def _answer_of(definition: Definition, stage: Stage, leg: Leg, reference: str) -> Action | None:
    actions = [definition.actions[name] for name in stage.actions if name in definition.actions]
    if "QUERY" in reference and leg.version == 1:
        asked = [action for action in actions if "hold" in action.does]
        if asked:
            return asked[0]
    wanted = "stop" if "REFUSE" in reference else "pass"
    closing = [action for action in actions if "close" in action.does and "lodger" not in action.by]
    return next((action for action in closing if (action.result or "pass") == wanted), closing[0] if closing else None)


def _full_marks(panel: Panel) -> list[dict[str, object]]:
    return [{"criterion": code, "mark": str(most)} for code, _, most in panel.criteria]
