"""A lodger's first page: what needs them, what is moving, what was settled; and their notices."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onewindow.application.ports import Filter, Notice
from onewindow.bootstrap import platform
from onewindow.kernel.words import Words
from onewindow.web.acting import actor_of, signed_in
from onewindow.web.drafts.keeping import drafts_of
from onewindow.web.journey import event_title
from onewindow.web.shown import ShownSubmission, service_title, shown_submissions

ROWS = 100
SHOWN_MOST = 12
NOTICES = 50
FOR_LODGER = frozenset({"waiting", "bad"})
"""Tones of states in which nothing goes on before the lodger does something: pay, sign, comply with a notice."""


class LodgedUnder(msgspec.Struct, frozen=True):
    """The part of a notice's payload that names the version of the definition; older notices do not."""

    definition_version: str = ""


_lodged_under = msgspec.json.Decoder(LodgedUnder)


@dataclass(slots=True)
class Sorted:
    """Submissions by what their lodger has to do about them."""

    needs_me: list[ShownSubmission] = field(default_factory=list)
    moving: list[ShownSubmission] = field(default_factory=list)
    settled: list[ShownSubmission] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice with words."""

    notice: Notice
    title: Words
    service: Words


@require_safe
@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """What needs me, what is moving, what is settled."""
    actor = actor_of(request)
    page = platform().register.submissions(actor, Filter(), "", ROWS)
    found = Sorted()
    for row in shown_submissions(page.rows, actor):
        _pile(found, row).append(row)
    context = {
        "needs_me": found.needs_me[:SHOWN_MOST],
        "moving": found.moving[:SHOWN_MOST],
        "settled": found.settled[:SHOWN_MOST],
        "drafts": len(drafts_of(request)),
    }
    return render(request, "today.html", context)


@require_safe
@signed_in
def notifications(request: HttpRequest) -> HttpResponse:
    """The party's numbered notices from a number on."""
    after = request.GET.get("after", "0")
    first = int(after) if after.isdecimal() and len(after) < 16 else 0
    notices = platform().mailbox.notices(actor_of(request), after=first, limit=NOTICES)
    shown = [_shown(notice) for notice in notices]
    following = notices[-1].number if len(notices) == NOTICES else 0
    return render(request, "notifications.html", {"shown": shown, "after": following})


def _shown(notice: Notice) -> ShownNotice:
    version = _lodged_under.decode(notice.payload).definition_version
    title = event_title(notice.service, version, notice.kind)
    return ShownNotice(notice, title, service_title(notice.service, version))


def _pile(found: Sorted, row: ShownSubmission) -> list[ShownSubmission]:
    definition = platform().catalogue.version(row.submission.service, row.submission.definition_version)
    if row.state is not None and row.state.end:
        return found.settled
    asked = definition is not None and row.submission.state in definition.lodging.reply
    waits = asked or (row.state is not None and row.state.tone in FOR_LODGER)
    return found.needs_me if waits else found.moving
