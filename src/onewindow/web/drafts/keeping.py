"""Finding and making drafts, always as the one who owns them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.timezone import now

from onewindow.application.refusals import NotFound
from onewindow.kernel.actor import Actor
from onewindow.web.acting import actor_of
from onewindow.web.drafts.models import Draft
from onewindow.web.forms.places import Json

VISITOR = "visitor"
KEPT_MOST = 200
FORGOTTEN_AFTER = timedelta(days=30)
"""A form that nobody signed in for; its cookie ends after two weeks, so by then nobody can come back to it."""


def new_draft(request: HttpRequest, service: str, document: dict[str, Json], **more: str | int) -> Draft:
    """A fresh draft of the one who asks. Whoever comes without an account makes room: old forms of such people go."""
    actor = actor_of(request)
    if not actor.party:
        Draft.objects.filter(party="", changed_at__lt=now() - FORGOTTEN_AFTER).delete()
    draft = Draft(service=service, **_owner(request, actor), **more)
    draft.keep(document)
    return draft


def draft_of(request: HttpRequest, draft_id: UUID) -> Draft:
    """The draft, if it is the asker's. Raises NotFound."""
    actor = actor_of(request)
    found = Draft.objects.filter(pk=draft_id, **_owned(request, actor)).first()
    if found is None:
        raise NotFound("There is no such draft; it may have been lodged already.")
    return found


def drafts_of(request: HttpRequest) -> list[Draft]:
    """The asker's drafts, newest first."""
    owned = _owned(request, actor_of(request))
    return list(Draft.objects.filter(**owned).order_by("-changed_at")[:KEPT_MOST])


def _owned(request: HttpRequest, actor: Actor) -> dict[str, str]:
    if actor.party:
        return {"party": actor.party}
    return {"party": "", "visitor": request.session.get(VISITOR) or secrets.token_hex(8)}


def _owner(request: HttpRequest, actor: Actor) -> dict[str, object]:
    if actor.party:
        return {"login": request.user, "party": actor.party}
    if not request.session.get(VISITOR):
        request.session[VISITOR] = secrets.token_hex(32)
    return {"visitor": request.session[VISITOR]}
