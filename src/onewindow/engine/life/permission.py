"""Who may do what to a submission now. Every door shows its buttons from `allowed`; `act` asks the same questions."""

from __future__ import annotations

from onewindow.definitions.model import Action, Definition, Stage
from onewindow.engine.life.life import Allowed, Leg, Life
from onewindow.engine.life.refusal import Held, NotNow, NotYours
from onewindow.engine.life.verbs import holder_of
from onewindow.kernel.actor import Actor

_SHARED_WORK = {"score", "recuse", "message"}
"""Verbs that leave the leg to its holder: anyone of the agency's role may do them."""


def allowed(definition: Definition, life: Life, actor: Actor) -> tuple[Allowed, ...]:
    """Every action the actor may take now, with its leg."""
    found = []
    for leg in life.open_legs:
        stage = definition.stage(leg.stage)
        for name in stage.actions if stage else ():
            action = definition.actions.get(name)
            if action and _passes(definition, life, action, leg, actor):
                found.append(Allowed(action.name, leg.id))
    for action in definition.actions.values():
        if action.of == "submission" and _passes(definition, life, action, None, actor):
            found.append(Allowed(action.name))
    return tuple(found)


def demand(definition: Definition, life: Life, action_name: str, leg_id: str, actor: Actor) -> Action:
    """The action, if the actor may take it now. Raises NotYours, NotNow, Held."""
    leg = life.leg(leg_id) if leg_id else None
    action = definition.actions.get(action_name)
    if action is None or (leg_id and leg is None) or (action.of == "stage") != (leg is not None):
        raise _not_now(definition, life, action_name, actor)
    if not _may_ever(definition, action, leg, actor):
        raise NotYours(f"your role does not allow {action_name} here; ask the agency or the lodger who may")
    if leg is not None and _taken_by_another(action, leg, actor):
        raise Held(f"{leg.holder} has taken this; ask for it to be handed back", holder=leg.holder)
    if not _may_now(definition, life, action, leg, actor):
        raise _not_now(definition, life, action_name, actor)
    return action


def _passes(definition: Definition, life: Life, action: Action, leg: Leg | None, actor: Actor) -> bool:
    return (
        _may_ever(definition, action, leg, actor)
        and _may_now(definition, life, action, leg, actor)
        and not (leg is not None and _taken_by_another(action, leg, actor))
    )


def _not_now(definition: Definition, life: Life, action_name: str, actor: Actor) -> NotNow:
    names = tuple(sorted({one.action for one in allowed(definition, life, actor)}))
    message = f"{action_name} is not possible in state {life.state}; possible: {', '.join(names) or 'nothing'}"
    return NotNow(message, state=life.state, allowed=names)


def _may_ever(definition: Definition, action: Action, leg: Leg | None, actor: Actor) -> bool:
    if any(word in action.by and word in actor.roles for word in ("lodger", "system")):
        return True
    if not actor.agency:
        return False
    by = set(action.by or ("officer",))
    if leg is not None:
        wanted = by - {"officer"} | ({leg.role} if "officer" in by else set())
        return actor.agency == leg.agency and bool(wanted & actor.roles)
    if "officer" in by:
        by |= {stage.role for stage in definition.stages if stage.agency == definition.agency}
    return actor.agency == definition.agency and bool(by & actor.roles)


def _may_now(definition: Definition, life: Life, action: Action, leg: Leg | None, actor: Actor) -> bool:
    if leg is None:
        return _submission_may(definition, life, action)
    stage = definition.stage(leg.stage)
    if stage is None or action.name not in stage.actions or not leg.open:
        return False
    if action.allowed_in and leg.state not in action.allowed_in:
        return False
    return _leg_may(life, action, leg, stage, actor)


def _leg_may(life: Life, action: Action, leg: Leg, stage: Stage, actor: Actor) -> bool:
    if "bounce" in action.does and not leg.parent:
        return False
    if "score" in action.does and (stage.panel is None or holder_of(actor) in leg.recused):
        return False
    ends_leg = "close" in action.does or "bounce" in action.does
    return not (ends_leg and any(child.open and child.parent == leg.id for child in life.legs))


def _submission_may(definition: Definition, life: Life, action: Action) -> bool:
    lodging = definition.lodging
    states = {"amend": lodging.amend, "withdraw": lodging.withdraw, "reply": lodging.reply}.get(
        action.name, action.allowed_in
    )
    if "amend" in action.does and life.bound_to:
        return False
    if ("bind" in action.does and _over(definition, life)) or ("unbind" in action.does and not life.bound_to):
        return False
    if "resume" in action.does and not any(leg.state == "held" for leg in life.open_legs):
        return False
    if "revoke" in action.does and life.document is None:
        return False
    if not states:
        return "system" in action.by or "revoke" in action.does
    return life.state in states


def _over(definition: Definition, life: Life) -> bool:
    state = definition.state(life.ended)
    return state is not None and state.tone in ("bad", "closed")


def _taken_by_another(action: Action, leg: Leg, actor: Actor) -> bool:
    if not leg.holder or (set(action.does) & _SHARED_WORK and "close" not in action.does):
        return False
    if any(word in action.by and word in actor.roles for word in ("lodger", "system")):
        return False
    return leg.holder != holder_of(actor)
