"""What each verb of the language does to a life. The table at the end is the whole vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from onewindow.definitions.model import Action, Stage
from onewindow.engine.life import ledger, panel
from onewindow.engine.life import words as life_words
from onewindow.engine.life.deadlines import pause, resume
from onewindow.engine.life.draft import Draft
from onewindow.engine.life.issue import issue_document, revoke_document
from onewindow.engine.life.journey import end, last_stage, supersede_from
from onewindow.engine.life.life import Leg, Opening
from onewindow.engine.life.refusal import NotNow, unfit
from onewindow.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Turn:
    """Who does what to which leg (empty: the submission), with which body."""

    action: Action
    actor: Actor
    leg_id: str
    body: Mapping[str, object]

    def text(self, name: str) -> str:
        """A text of the body, or the empty string."""
        return str(self.body.get(name) or "")

    def rows(self, name: str) -> list[dict[str, object]]:
        """A table of the body."""
        rows = self.body.get(name)
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


Verb = Callable[[Draft, Turn], None]


def holder_of(actor: Actor) -> str:
    """The name under which an actor takes a leg."""
    return actor.user or actor.name or actor.party


def _leg(draft: Draft, turn: Turn) -> Leg:
    leg = draft.life.leg(turn.leg_id)
    assert leg is not None, "permission has looked the leg up"
    return leg


def _claim(draft: Draft, turn: Turn) -> None:
    draft.put(_leg(draft, turn), state="claimed", holder=holder_of(turn.actor))


def _unclaim(draft: Draft, turn: Turn) -> None:
    draft.put(_leg(draft, turn), state="pending", holder="")


def _hold(draft: Draft, turn: Turn) -> None:
    leg = _leg(draft, turn)
    clocks = tuple(pause(clock, draft.at) for clock in leg.clocks)
    draft.put(leg, state="held", clocks=clocks, public=turn.action.state or leg.public)


def _resume(draft: Draft, turn: Turn) -> None:
    wanted = turn.leg_id or turn.text("leg")
    held = [leg for leg in draft.life.open_legs if leg.state == "held" and wanted in ("", leg.id)]
    if not held:
        raise NotNow("nobody waits for a reply", state=draft.life.state)
    for leg in held:
        _go_on(draft, leg)


def _go_on(draft: Draft, leg: Leg) -> None:
    stage = draft.stage_of(leg)
    clocks = tuple(resume(clock, draft.at, draft.calendars) for clock in leg.clocks)
    state = "claimed" if leg.holder else "pending"
    draft.put(leg, state=state, clocks=clocks, public=stage.state or stage.name)


def _close(draft: Draft, turn: Turn) -> None:
    if turn.leg_id:
        _close_leg(draft, turn.leg_id, turn.action)
        return
    if turn.action.result != "pass":
        revoke_document(draft)
    draft.set(bound_to="")
    end(draft, state=turn.action.state, outcome=turn.action.outcome or turn.action.name)


def _close_leg(draft: Draft, leg_id: str, action: Action) -> None:
    leg = draft.life.leg(leg_id)
    assert leg is not None
    result = action.result or "pass"
    leg = draft.close(leg, outcome=action.outcome or action.name, result=result)
    if result == "stop" and not leg.parent:
        end(draft, state=action.state, outcome="ended")
    elif result == "pass" and _ends(draft, action.state):
        draft.end_state = action.state


def _ends(draft: Draft, name: str) -> bool:
    state = draft.definition.state(name)
    return state is not None and state.end


def _split(draft: Draft, turn: Turn) -> None:
    leg = _leg(draft, turn)
    if not turn.rows("legs"):
        raise unfit("ACT-STAGE", "/legs", life_words.NO_LEGS, life_words.FILL_IN)
    for index, row in enumerate(turn.rows("legs")):
        stage = _stage_to_split(draft, str(row.get("stage", "")), index)
        agency = str(row.get("agency") or stage.agency)
        if agency in leg.bounced and not turn.text("new_fact"):
            raise unfit("ACT-BOUNCED", f"/legs/{index}/agency", life_words.BOUNCED, life_words.NEW_FACT, value=agency)
        draft.open(stage, agency=agency, parent=leg.id, note=str(row.get("note") or ""))
    draft.put(leg, state="split")


def _stage_to_split(draft: Draft, name: str, index: int) -> Stage:
    stages = {stage.name: stage for stage in draft.definition.stages if stage.opens == "split"}
    if name not in stages:
        remedy = life_words.USE_STAGES.filled(stages=", ".join(stages) or "–")
        raise unfit("ACT-STAGE", f"/legs/{index}/stage", life_words.NO_STAGE, remedy, value=name)
    return stages[name]


def _bounce(draft: Draft, turn: Turn) -> None:
    leg = _leg(draft, turn)
    parent = draft.life.leg(leg.parent)
    assert parent is not None, "permission lets only legs with a parent bounce"
    owner = turn.text("proposed_owner")
    for name, value in (("reason", turn.text("reason")), ("proposed_owner", owner)):
        if not value:
            raise unfit("ACT-REASON", f"/{name}", life_words.REASON_AND_OWNER, life_words.FILL_IN)
    if owner == leg.agency:
        raise unfit("ACT-OWNER", "/proposed_owner", life_words.OWNER_IS_SELF, life_words.OTHER_OWNER, value=owner)
    draft.close(leg, outcome=turn.action.outcome or "not-ours", result="again")
    state = "claimed" if parent.holder else "pending"
    draft.put(parent, state=state, bounced=tuple(sorted({*parent.bounced, leg.agency})))
    bounces = sum(1 for child in draft.children(parent) if child.outcome == (turn.action.outcome or "not-ours"))
    draft.facts.update(proposed_owner=owner, bounces=bounces, precedent={"from": leg.agency, "to": owner})


def _message(draft: Draft, turn: Turn) -> None:
    draft.facts["to"] = turn.text("to") or ("departments" if not turn.leg_id else "person")


def _score(draft: Draft, turn: Turn) -> None:
    leg = _leg(draft, turn)
    board = draft.stage_of(leg).panel
    if board is None:
        raise NotNow("this stage has no panel", state=draft.life.state)
    member = holder_of(turn.actor)
    scores = {**leg.scores, member: panel.marks_of(board, turn.rows("marks"))}
    draft.put(leg, scores=scores)
    draft.facts.update(scored=len(scores), quorum=board.quorum)
    closing = panel.verdict(board, scores)
    if closing:
        action = draft.definition.actions[closing]
        draft.decision = action
        draft.facts.update(decided=closing, mean=str(panel.mean_total(scores)))
        _close_leg(draft, leg.id, action)


def _recuse(draft: Draft, turn: Turn) -> None:
    leg = _leg(draft, turn)
    member = holder_of(turn.actor)
    scores = {name: marks for name, marks in leg.scores.items() if name != member}
    draft.put(leg, scores=scores, recused=tuple(sorted({*leg.recused, member})))


def _issue(draft: Draft, turn: Turn) -> None:  # noqa: ARG001 - a verb's signature
    issue_document(draft)


def _revoke(draft: Draft, turn: Turn) -> None:
    if draft.life.document is None:
        raise NotNow("nothing that was issued is in force", state=draft.life.state)
    revoke_document(draft)
    if not draft.life.open_legs:
        draft.set(ended=turn.action.state or draft.life.ended)


def _reserve(draft: Draft, turn: Turn) -> None:
    document = draft.life.document
    if document is None or (document.valid_until is not None and document.valid_until < draft.at):
        raise NotNow("nothing that was issued is in force", state=draft.life.state)
    cause, line, quantity = turn.text("cause"), turn.text("line"), turn.text("quantity")
    draft.post(ledger.reserve(draft.life.ledger, cause=cause, line=line, quantity=quantity))


def _commit(draft: Draft, turn: Turn) -> None:
    draft.post(ledger.commit(draft.life.ledger, cause=turn.text("cause")))


def _restore(draft: Draft, turn: Turn) -> None:
    draft.post(ledger.restore(draft.life.ledger, cause=turn.text("cause")))


def _bind(draft: Draft, turn: Turn) -> None:
    if draft.life.bound_to:
        _bound(draft, turn)
    draft.set(bound_to=turn.text("by"), standing=turn.action.state)


def _unbind(draft: Draft, turn: Turn) -> None:
    if turn.text("by"):
        _bound(draft, turn)
    draft.set(bound_to="", standing="")


def _bound(draft: Draft, turn: Turn) -> None:
    binder = turn.text("by")
    if draft.life.bound_to != binder:
        raise unfit("ACT-BOUND", "/by", life_words.BOUND, life_words.UNBIND_FIRST, value=binder)


def _reopen(draft: Draft, turn: Turn) -> None:
    stage = turn.text("stage") or last_stage(draft.life)
    if draft.life.open_legs or not stage:
        raise NotNow("it is not closed", state=draft.life.state)
    if draft.definition.stage(stage) is None:
        remedy = life_words.USE_STAGES.filled(stages=", ".join(one.name for one in draft.definition.stages))
        raise unfit("ACT-STAGE", "/stage", life_words.NO_STAGE, remedy, value=stage)
    supersede_from(draft, stage)
    draft.set(ended="", standing="")


def _amend(draft: Draft, turn: Turn) -> None:  # noqa: ARG001 - a verb's signature
    if draft.life.bound_to:
        raise NotNow("it is bundled: unbundle it first", state=draft.life.state)
    opening = draft.opening
    if opening is None:
        raise NotNow("an amendment is a new document: send it as one", state=draft.life.state)
    _take_over(draft, opening)
    for leg in draft.life.legs:
        if leg.state == "held":
            _go_on(draft, leg)
        elif not leg.open and not leg.parent:
            draft.put(leg, superseded=True)
    for leg in draft.life.open_legs:
        top = draft.life.leg(leg.id.partition(".")[0]) or leg
        if top.stage not in opening.stages or top.row > opening.rows.get(top.stage, top.row):
            draft.close(leg, outcome="not-needed", result="pass")
    draft.set(ended="", standing="")


def _take_over(draft: Draft, opening: Opening) -> None:
    """What the new document opens and does to others; what the old one did is to be undone."""
    life = draft.life
    version = life.version + 1
    if life.effects:
        draft.facts["undo"] = {"version": life.document_version, "effects": life.effects}
    draft.facts.update(stages=opening.stages, rows=opening.rows, charges=opening.charges, effects=opening.effects)
    draft.set(stages=opening.stages, rows=opening.rows, effects=opening.effects, document_version=version)
    draft.set(settled=(), refused_effects=())


def _record(draft: Draft, turn: Turn) -> None:
    """Nothing but the event."""


VERBS: Mapping[str, Verb] = {
    "claim": _claim,
    "unclaim": _unclaim,
    "hold": _hold,
    "resume": _resume,
    "close": _close,
    "split": _split,
    "bounce": _bounce,
    "message": _message,
    "score": _score,
    "recuse": _recuse,
    "issue": _issue,
    "revoke": _revoke,
    "reserve": _reserve,
    "commit": _commit,
    "restore": _restore,
    "bind": _bind,
    "unbind": _unbind,
    "bound": _bound,
    "reopen": _reopen,
    "amend": _amend,
    "record": _record,
}
