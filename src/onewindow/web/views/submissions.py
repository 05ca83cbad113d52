"""What was lodged: lists, one submission with its time line, and what its lodger may do."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from onewindow.application.allowed_actions import Offer, present_life
from onewindow.application.ports import Filter, Submission
from onewindow.application.refusals import NotFound
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition
from onewindow.kernel.actor import Actor
from onewindow.kernel.task_id import task_id
from onewindow.web.acting import actor_of, signed_in
from onewindow.web.acts import ActForm, Sent, carry_out, forms_for, offers_of, typing_form
from onewindow.web.drafts.keeping import new_draft
from onewindow.web.forms.reading import Reader
from onewindow.web.journey import document_versions, steps_ahead, time_line, work_now
from onewindow.web.language import keeps_typed, language_now
from onewindow.web.seeing import document_of, known_definition, seen
from onewindow.web.shown import balances, shown_submissions

ROWS = 30
WORDS_MOST = 100


@require_safe
@signed_in
def submissions(request: HttpRequest) -> HttpResponse:
    """Everything the party lodged or may read, newest first, narrowed by service, state and its own reference."""
    wanted = Filter(
        state=request.GET.get("state", "")[:WORDS_MOST],
        service=request.GET.get("service", "")[:WORDS_MOST],
        words=request.GET.get("words", "")[:WORDS_MOST].strip(),
    )
    actor = actor_of(request)
    page = platform().register.submissions(actor, wanted, request.GET.get("after", "")[:200], ROWS)
    versions = platform().catalogue.versions(wanted.service)
    context = {
        "wanted": wanted,
        "states": list({state.name: state for one in versions for state in one.states}.values()),
        "shown": shown_submissions(page.rows, actor),
        "after": page.after,
        "services": platform().catalogue.services(),
    }
    return render(request, "submission/list.html", context)


@require_safe
def submission(request: HttpRequest, reference: str) -> HttpResponse:
    """One submission: where it is, what comes next, what its lodger may do, and what has happened."""
    actor, found = seen(request, reference)
    return _page(request, actor, found)


@keeps_typed
@require_POST
def act(request: HttpRequest, reference: str, action: str, leg: str = "") -> HttpResponse:
    """Carries out an action on the submission or one of its steps; a form that cannot be taken comes back as typed."""
    actor, found = seen(request, reference)
    chosen = known_definition(found).actions.get(action)
    if chosen is None or chosen.name == "amend" or (chosen.of == "submission") == bool(leg):
        raise NotFound("There is no such action.")
    done = carry_out(request, actor, found, chosen, task_id(found.reference, leg) if leg else "")
    if isinstance(done, Sent):
        return _page(request, actor, found, done)
    return redirect("submission", found.reference)


@require_POST
def amend(request: HttpRequest, reference: str) -> HttpResponse:
    """A draft with the present document, that will replace it."""
    actor, found = seen(request, reference)
    if not any(offer.action.name == "amend" for offer in offers_of(actor, found)):
        raise NotFound("This document cannot be amended now.")
    document = document_of(actor, found)
    if document is None:
        raise NotFound("The document is no longer kept.")
    draft = new_draft(request, found.service, document, amends=found.reference, version=found.version)
    return redirect("check", draft.pk)


@require_POST
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """A fresh draft like an earlier document, without its reference."""
    actor, found = seen(request, reference)
    definition = known_definition(found)
    document = document_of(actor, found) or {}
    document.pop(definition.reference, None)
    draft = new_draft(request, found.service, document)
    return redirect("check", draft.pk)


@require_safe
def document(request: HttpRequest, reference: str, version: int) -> HttpResponse:
    """One version of the document, with what changed since the version before."""
    actor, found = seen(request, reference)
    versions = document_versions(platform().register.events(actor, found))
    if not 1 <= version <= len(versions):
        raise NotFound("There is no such version.")
    definition = known_definition(found)
    now = document_of(actor, found, versions[version - 1])
    before = document_of(actor, found, versions[version - 2]) if version > 1 else None
    reader = Reader(definition.root, platform().catalogue.vocabulary.lists, language_now())
    context = {
        "submission": found,
        "definition": definition,
        "version": version,
        "reading": reader.sections(now or {}, before),
        "is_erased": now is None,
        "file_address": reverse("submission", args=[found.reference]) + "files/",
    }
    return render(request, "submission/document.html", context)


def _forms(
    actor: Actor, found: Submission, definition: Definition, offers: list[Offer], sent: Sent | None
) -> list[ActForm]:
    """The forms of what may be done here; amending has a form of its own, and officers act on their tasks."""
    offers = [offer for offer in offers if offer.action.name != "amend" and not (actor.agency and offer.leg)]

    def address(offer: Offer) -> str:
        if not offer.leg:
            return reverse("submission-act", args=[found.reference, offer.action.name])
        return reverse("step-act", args=[found.reference, offer.leg, offer.action.name])

    return forms_for(definition, present_life(platform().desk, found), offers, address, sent)


def _page(request: HttpRequest, actor: Actor, found: Submission, sent: Sent | None = None) -> HttpResponse:
    definition = known_definition(found)
    life = present_life(platform().desk, found)
    offers = offers_of(actor, found)
    events = platform().register.events(actor, found)
    acts = _forms(actor, found, definition, offers, sent)
    context = {
        "submission": found,
        "definition": definition,
        "state": definition.state(found.state),
        "life": life,
        "working": work_now(definition, life, datetime.now(UTC)),
        "ahead": steps_ahead(definition, life),
        "happened": time_line(definition, actor, events),
        "acts": acts,
        "balances": balances(life.ledger.accounts),
        "may_amend": any(offer.action.name == "amend" for offer in offers),
        "versions": range(len(document_versions(events)), 0, -1),
        "typing_form": typing_form(acts),
    }
    return render(request, "submission/page.html", context, status=_status(sent))


def _status(sent: Sent | None) -> int:
    if sent is None or not (sent.findings or sent.refusal):
        return 200
    return 409 if sent.refusal else 422
