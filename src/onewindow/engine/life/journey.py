"""How a journey goes on: which stages open next, when a parent closes, when it ends, and the one public state."""

from __future__ import annotations

from onewindow.definitions.model import Definition, Stage
from onewindow.engine.life.draft import Draft
from onewindow.engine.life.issue import issue_document
from onewindow.engine.life.life import Leg, Life
from onewindow.engine.life.refusal import NotNow


def advance(draft: Draft) -> None:
    """Close parents whose children are done, open the stages that may open, end the journey when all have passed."""
    if draft.life.ended:
        _set_state(draft)
        return
    _close_parents(draft)
    while _open_next(draft):
        pass
    if not draft.life.open_legs:
        _finish(draft)
    _set_state(draft)


def end(draft: Draft, *, state: str, outcome: str) -> None:
    """The journey ends here, whatever is still open."""
    draft.close_all(outcome=outcome)
    draft.set(ended=state or draft.definition.done_state, standing="")


def supersede_from(draft: Draft, stage: str) -> None:
    """Forget that `stage` and those after it have closed, so that they open anew."""
    names = {stage} | _later_than(draft.definition, stage)
    for leg in draft.life.legs:
        if leg.stage in names and not leg.open and not leg.parent:
            draft.put(leg, superseded=True)


def last_stage(life: Life) -> str:
    """The stage that closed last at the top, or the empty string."""
    closed = [leg for leg in life.legs if leg.closed_at and not leg.parent and not leg.superseded]
    return max(closed, key=lambda leg: (leg.closed_at, leg.id)).stage if closed else ""


def public_state(definition: Definition, life: Life) -> str:
    """One state for everyone: set from outside, the end, a question to the lodger, or the earliest leg's."""
    if life.standing or not life.open_legs:
        return life.standing or life.ended or life.state
    working = [leg for leg in life.open_legs if leg.state != "split"] or list(life.open_legs)
    asked = [leg for leg in working if leg.state == "held"]
    order = {state.name: index for index, state in enumerate(definition.states)}
    return min((leg.public for leg in asked or working), key=lambda name: order.get(name, len(order)))


def _set_state(draft: Draft) -> None:
    draft.set(state=public_state(draft.definition, draft.life))


def _close_parents(draft: Draft) -> None:
    for leg in reversed(draft.life.legs):
        if leg.state == "split" and not any(child.open for child in draft.children(leg)):
            draft.close(leg, outcome="done", result="pass")


def _open_next(draft: Draft) -> bool:
    opened = False
    for stage in draft.definition.stages:
        for row in _rows(draft.life, stage):
            if _may_open(draft, stage, row):
                draft.open(stage, row=row)
                opened = True
    return opened


def _may_open(draft: Draft, stage: Stage, row: int) -> bool:
    last = _last(draft.life, stage.name, row)
    if last is not None and (last.open or last.result == "pass"):
        return False
    return all(_passed(draft.definition, draft.life, name, stage, row) for name in stage.after)


def _passed(definition: Definition, life: Life, name: str, follower: Stage, row: int) -> bool:
    """True when stage `name` lies behind; one that does not open by itself lies where those before it do."""
    stage = definition.stage(name)
    if stage is None:
        return True
    rows = _rows(life, stage)
    if not rows:
        return all(_passed(definition, life, before, stage, 0) for before in _before(definition, stage))
    same_rows = bool(stage.each) and stage.each == follower.each and row > 0
    wanted = (row,) if same_rows else rows
    lasts = [_last(life, name, one) for one in wanted]
    return all(last is not None and last.result == "pass" for last in lasts)


def _before(definition: Definition, stage: Stage) -> tuple[str, ...]:
    """What a stage follows; one that opens by a split follows the one written before, unless it says otherwise."""
    if stage.after or stage.opens == "itself":
        return stage.after
    names = [one.name for one in definition.stages]
    return tuple(names[: names.index(stage.name)][-1:])


def _rows(life: Life, stage: Stage) -> tuple[int, ...]:
    if stage.opens == "split" or stage.name not in life.stages:
        return ()
    return tuple(range(1, life.rows.get(stage.name, 0) + 1)) if stage.each else (0,)


def _last(life: Life, stage: str, row: int) -> Leg | None:
    legs = [leg for leg in life.legs if (leg.stage, leg.row, leg.parent, leg.superseded) == (stage, row, "", False)]
    return legs[-1] if legs else None


def _finish(draft: Draft) -> None:
    if draft.life.awaiting and draft.life.legs:
        message = "what it draws on other documents is not settled; query the applicant, refuse it, or wait a moment"
        raise NotNow(message, state=draft.life.state)
    draft.set(ended=draft.end_state or draft.definition.done_state)
    if draft.definition.issue is not None and not _issued_by_an_act(draft.definition):
        issue_document(draft)


def _issued_by_an_act(definition: Definition) -> bool:
    """True when an action says itself that it issues; the end of the journey then issues nothing."""
    return any("issue" in action.does for action in definition.actions.values())


def _later_than(definition: Definition, name: str) -> set[str]:
    later: set[str] = set()
    for stage in definition.stages:
        if any(before == name or before in later for before in _before(definition, stage)):
            later.add(stage.name)
    return later
