"""Forms of actions: which are offered, what they ask, and carrying one out. All of it follows from the definition."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest

from onewindow.application.act_on_submission import act_on_submission
from onewindow.application.act_on_task import act_on_task
from onewindow.application.allowed_actions import Offer, allowed_actions
from onewindow.application.ports import Receipt, Submission
from onewindow.application.refusals import Refusal, Refused
from onewindow.bootstrap import platform
from onewindow.definitions.codes import Code
from onewindow.definitions.model import Action, Definition, Item
from onewindow.engine.life.cycle import Life
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding
from onewindow.kernel.period import Period
from onewindow.kernel.task_id import parse_task_id
from onewindow.kernel.words import Words
from onewindow.web.forms.places import Json, Place
from onewindow.web.forms.tree import Builder, Node, Steering
from onewindow.web.forms.typed import Typed, add_row, remove_row
from onewindow.web.judging import bytes_of
from onewindow.web.language import is_switching, language_now
from onewindow.web.today import hong_kong_today
from onewindow.web.uploads import keep_uploads

KEY = "_key"


@dataclass(frozen=True, slots=True)
class ActForm:
    """One action as a form. `open` when it was sent and came back; `danger` when it ends badly for the lodger."""

    action: Action
    id: str
    address: str
    about: Words | None
    nodes: tuple[Node, ...]
    key: str
    findings: tuple[Finding, ...] = ()
    refusal: str = ""
    open: bool = False
    came_back: bool = False
    datalists: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)

    @property
    def one_click(self) -> bool:
        """True for an action that asks nothing."""
        return not self.nodes

    @property
    def loose(self) -> tuple[Finding, ...]:
        """Findings that belong to no field of the form."""
        return tuple(finding for finding in self.findings if not finding.pointer)


@dataclass(frozen=True, slots=True)
class Sent:
    """An action that was sent and not carried out: what was typed, and why it came back."""

    action: str
    leg: str
    document: dict[str, Json]
    key: str
    findings: tuple[Finding, ...] = ()
    refusal: str = ""


Address = Callable[[Offer], str]
"""Where the form of an offer is sent."""


def forms_for(
    definition: Definition, life: Life, offers: Sequence[Offer], address: Address, sent: Sent | None = None
) -> list[ActForm]:
    """The forms of what is offered, in the definition's order. Several legs' forms say which step they are about."""
    legs = {offer.leg for offer in offers if offer.leg}
    return [_form(definition, life, offer, address, sent, tells_leg=len(legs) > 1) for offer in offers]


def offers_of(actor: Actor, submission: Submission, legs: Container[str] | None = None) -> list[Offer]:
    """What the actor may do to the submission as a whole (leg is empty) and to its legs; only these legs, if given."""
    offers = allowed_actions(platform().desk, actor, submission)
    return [offer for offer in offers if legs is None or offer.leg in legs]


def typing_form(acts: Sequence[ActForm]) -> str:
    """The form somebody is typing in: the one that came back. Language buttons send it along."""
    return next((form.id for form in acts if form.came_back), "")


def carry_out(
    request: HttpRequest, actor: Actor, submission: Submission, action: Action, task: str = ""
) -> Receipt | Sent:
    """Does what the form says. A press of a row or language button, a fault or a refusal gives the form back."""
    place = parse_task_id(task) if task else None
    leg = place[1] if place else ""
    document = _typed(request, action.items)
    key = request.POST.get(KEY, "")[:80] or secrets.token_hex(16)
    faults = keep_uploads(request, actor, document, action.items) if action.items else ()
    sent = Sent(action.name, leg, document, key, faults)
    if faults or _changes_rows(request, document, action.items) or is_switching(request):
        return sent
    try:
        return _do(actor, submission, action, bytes_of(document), key, task)
    except Refused as refused:
        return Sent(action.name, leg, document, key, refused.findings)
    except Refusal as refusal:
        return Sent(action.name, leg, document, key, (), f"refusal.{refusal.code}")


def _do(actor: Actor, submission: Submission, action: Action, body: bytes, key: str, task: str) -> Receipt:
    scoped = f"form-{action.name}-{key}"
    if task:
        return act_on_task(platform().desk, actor, task, action.name, body, key=scoped)
    return act_on_submission(platform().desk, actor, submission.reference, action.name, body, key=scoped)


def _form(
    definition: Definition, life: Life, offer: Offer, address: Address, sent: Sent | None, *, tells_leg: bool
) -> ActForm:
    action = offer.action
    name = f"{action.name}-{offer.leg}" if tells_leg else action.name
    came_back = sent if sent and sent.action == action.name and sent.leg == offer.leg else None
    steering, start = _steered(definition, life, offer)
    document = came_back.document if came_back else start
    builder = Builder(
        platform().catalogue.vocabulary.lists,
        day=hong_kong_today(),
        language=language_now(),
        findings=came_back.findings if came_back else (),
        prefix=name,
        steering=steering,
    )
    nodes = builder.page(_place(action.items), document) if action.items else ()
    return ActForm(
        action=action,
        id=f"act-{name}",
        address=address(offer),
        about=_about(definition, life, offer) if tells_leg else None,
        nodes=nodes,
        key=came_back.key if came_back else secrets.token_hex(16),
        findings=builder.findings,
        refusal=came_back.refusal if came_back else "",
        open=came_back is not None or ("resume" in action.does and "lodger" in action.by),
        came_back=came_back is not None,
        datalists=builder.datalists,
    )


def _about(definition: Definition, life: Life, offer: Offer) -> Words | None:
    """The step a leg is an instance of, with its row where the step has a leg a row."""
    leg = life.leg(offer.leg)
    stage = definition.stage(leg.stage) if leg else None
    if leg is None or stage is None:
        return None
    return Words(
        *(
            f"{text} {leg.row}" if leg.row else text
            for text in (stage.title.en, stage.title.zh_hant, stage.title.zh_hans)
        )
    )


def _place(items: Item) -> Place:
    return Place("act", items, "", items.children, is_listing=False)


def _steered(definition: Definition, life: Life, offer: Offer) -> tuple[Steering, dict[str, Json]]:
    """What verbs of the engine know about their own fields: the steps a split may open, the criteria to score."""
    if "split" in offer.action.does:
        stages = [stage for stage in definition.stages if stage.opens == "split"]
        options = tuple(Code(stage.name, Period(), stage.title) for stage in stages)
        only = stages[0].name if len(stages) == 1 else ""
        return Steering({"legs.stage": options}, hidden={"legs.stage": only} if only else {}), {"legs": [{}]}
    leg = life.leg(offer.leg)
    stage = definition.stage(leg.stage) if leg else None
    if "score" in offer.action.does and stage and stage.panel:
        criteria = stage.panel.criteria
        titles = {f"/marks/{place}": _most(words, most) for place, (_, words, most) in enumerate(criteria)}
        rows: list[Json] = [{"criterion": code} for code, _, _ in criteria]
        return Steering(titles=titles, hidden={"marks.criterion": ""}, fixed_rows=True), {"marks": rows}
    return Steering(), {}


def _most(words: Words, most: int) -> Words:
    return Words(f"{words.en} (0–{most})", f"{words.zh_hant}（0至{most}分）", f"{words.zh_hans}（0至{most}分）")


def _typed(request: HttpRequest, items: Item | None) -> dict[str, Json]:
    document: dict[str, Json] = {}
    if items is not None:
        typed = Typed(request.POST.dict(), platform().catalogue.vocabulary.lists, day=hong_kong_today())
        typed.keep(_place(items), document)
    return document


def _changes_rows(request: HttpRequest, document: dict[str, Json], items: Item | None) -> bool:
    adding, removing = request.POST.get("add", ""), request.POST.get("remove", "")
    if adding and items is not None:
        item = items.child(adding.removeprefix("/"))
        if item is not None:
            add_row(document, adding, item)
    if removing:
        remove_row(document, removing)
    return bool(adding or removing)
