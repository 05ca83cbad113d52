"""The officer's pages: the work list, and one task with everything needed to decide it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from onewindow.application.act_on_task import act_on_task
from onewindow.application.allowed_actions import present_life
from onewindow.application.ports import Filter, Submission, Task
from onewindow.application.refusals import NotFound, Refusal
from onewindow.bootstrap import platform
from onewindow.kernel.actor import Actor
from onewindow.kernel.task_id import parse_task_id
from onewindow.web.acting import actor_of, for_staff
from onewindow.web.acts import Sent, carry_out, forms_for, offers_of, typing_form
from onewindow.web.forms.reading import Reader
from onewindow.web.journey import document_versions, time_line, work_now
from onewindow.web.judging import warnings_of
from onewindow.web.language import keeps_typed, language_now
from onewindow.web.names import names_of
from onewindow.web.seeing import document_of, known_definition
from onewindow.web.shown import ShownSubmission, ShownTask, service_title, shown_submissions, stage_title, summaries

ROWS = 50
WORDS_MOST = 100
HISTORY = 6
ROWS_READ = 20
"""A list of up to so many rows is shown in full; of a longer one the changed rows, the others in lines."""
PICKED_MOST = 100


@require_safe
@for_staff
def worklist(request: HttpRequest) -> HttpResponse:
    """Open tasks of the officer's roles, the most urgent first; all, or those the officer holds."""
    actor, wanted, mine = actor_of(request), _wanted(request), request.GET.get("mine") == "yes"
    read = platform().worklist.held if mine else platform().worklist.tasks
    page = read(actor, wanted, request.GET.get("after", "")[:200], ROWS)
    services = [one for one in platform().catalogue.newest.values() if _works_on(one.id, actor)]
    context = {
        "wanted": wanted,
        "mine": mine,
        "shown": _shown(cast(Iterable[Task], page.rows), actor),
        "after": page.after,
        "services": services,
        "claimed": request.GET.get("claimed", ""),
        "missed": request.GET.get("missed", ""),
        "done": request.GET.get("done", "")[:WORDS_MOST],
        "page_key": secrets.token_hex(8),
    }
    return render(request, "task/worklist.html", context)


@require_POST
@for_staff
def claim_many(request: HttpRequest) -> HttpResponse:
    """Takes every ticked task that is still free, and says how many."""
    actor, once, taken, missed = actor_of(request), request.POST.get("_key", "")[:40], 0, 0
    for task in request.POST.getlist("task")[:PICKED_MOST]:
        try:
            act_on_task(platform().desk, actor, task, "claim", b"{}", key=f"claim-{task}-{once}")
            taken += 1
        except Refusal:
            missed += 1
    return HttpResponseRedirect(f"{reverse('worklist')}?mine=yes&claimed={taken}&missed={missed}")


@require_safe
@for_staff
def task(request: HttpRequest, task_id: str) -> HttpResponse:
    """One task: summary first, the document, what changed, what is known, and what may be done."""
    found, submission = _task(request, task_id)
    return _page(request, found, submission)


@keeps_typed
@require_POST
@for_staff
def act(request: HttpRequest, task_id: str, action: str) -> HttpResponse:
    """Carries out an action on a task; a form that cannot be taken comes back as typed."""
    found, submission = _task(request, task_id)
    chosen = known_definition(submission).actions.get(action)
    if chosen is None:
        raise NotFound("There is no such action.")
    done = carry_out(request, actor_of(request), submission, chosen, "" if chosen.of == "submission" else task_id)
    if isinstance(done, Sent):
        return _page(request, found, submission, done)
    after = platform().worklist.task(actor_of(request), task_id)
    if after is not None and after.state != "closed":
        return redirect("task", task_id)
    return HttpResponseRedirect(f"{reverse('worklist')}?done={task_id}")


def _wanted(request: HttpRequest) -> Filter:
    return Filter(
        state=request.GET.get("state", "")[:WORDS_MOST],
        service=request.GET.get("service", "")[:WORDS_MOST],
        words=request.GET.get("words", "")[:WORDS_MOST].strip(),
    )


def _works_on(service: str, actor: Actor) -> bool:
    """True when the officer has a stage in any version: what was lodged under an earlier one is still worked on."""
    return any(
        stage.role in actor.roles and (stage.agency == actor.agency or stage.opens == "split")
        for definition in platform().catalogue.versions(service)
        for stage in definition.stages
    )


def _shown(tasks: Iterable[Task], actor: Actor) -> list[ShownTask]:
    rows = list(tasks)
    names, now = names_of(row.holder for row in rows), datetime.now(UTC)
    return [
        ShownTask(
            task=row,
            title=service_title(row.service, row.definition_version),
            stage=stage_title(row.service, row.definition_version, row.stage),
            late=row.due_at is not None and row.due_at < now,
            holder=names.get(row.holder, row.holder),
            summary=summary,
        )
        for row, summary in zip(rows, summaries(rows, actor), strict=True)
    ]


def _task(request: HttpRequest, task_id: str) -> tuple[Task, Submission]:
    """The task as the officer may see it, and its submission. Raises NotFound."""
    actor = actor_of(request)
    found = platform().worklist.task(actor, task_id)
    submission = platform().register.submission(actor, found.reference) if found else None
    if found is None or submission is None:
        raise NotFound("There is no such task for you.")
    return found, submission


def _page(request: HttpRequest, found: Task, submission: Submission, sent: Sent | None = None) -> HttpResponse:
    actor, definition = actor_of(request), known_definition(submission)
    life = present_life(platform().desk, submission)
    place = parse_task_id(found.id)
    leg = place[1] if place else ""
    events = platform().register.events(actor, submission)
    versions = document_versions(events)
    document = document_of(actor, submission)
    before = document_of(actor, submission, versions[-2]) if len(versions) > 1 else None
    reader = Reader(definition.root, platform().catalogue.vocabulary.lists, language_now(), rows_most=ROWS_READ)
    offers = offers_of(actor, submission, ("", leg))
    here = reverse("task", args=[found.id])
    acts = forms_for(definition, life, offers, lambda offer: f"{here}act/{offer.action.name}/", sent)
    context = {
        "task": _shown([found], actor)[0],
        "submission": submission,
        "definition": definition,
        "state": definition.state(submission.state),
        "life": life,
        "leg": life.leg(leg),
        "working": work_now(definition, life, datetime.now(UTC)),
        "reading": reader.sections(document or {}, before),
        "is_erased": document is None,
        "warnings": warnings_of(definition, document, submission.lodged_at) if document else (),
        "happened": time_line(definition, actor, events),
        "version": len(versions),
        "whole": reverse("document", args=[submission.reference, len(versions)]) if versions else "",
        "acts": acts,
        "file_address": reverse("submission", args=[submission.reference]) + "files/",
        "history": _history(actor, submission),
        "typing_form": typing_form(acts),
    }
    return render(request, "task/page.html", context, status=_status(sent))


def _history(actor: Actor, submission: Submission) -> list[ShownSubmission]:
    """What this agency has had from the same lodger for the same service before."""
    wanted = Filter(service=submission.service, words="")
    page = platform().register.submissions(actor, wanted, "", ROWS)
    rows = cast(Iterable[Submission], page.rows)
    same = [row for row in rows if row.lodger == submission.lodger and row.id != submission.id]
    return shown_submissions(same[:HISTORY], actor)


def _status(sent: Sent | None) -> int:
    if sent is None or not (sent.findings or sent.refusal):
        return 200
    return 409 if sent.refusal else 422
