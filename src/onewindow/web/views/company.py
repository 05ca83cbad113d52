"""What a company manages itself: keys for its programs, webhooks, and whom it lets lodge for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from onewindow.application import webhooks
from onewindow.application.refusals import Forbidden, Malformed, NotFound
from onewindow.bootstrap import platform
from onewindow.kernel.actor import Actor
from onewindow.kernel.hong_kong import HONG_KONG
from onewindow.storage.companies import Company
from onewindow.web.acting import actor_of, choices_of, signed_in
from onewindow.web.language import language_now

SCOPES = ("lodge", "read", "act", "webhooks")
LABEL_MOST = 80
P = ParamSpec("P")


def for_administrators(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for a company's own administrators."""

    @require_POST
    @signed_in
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _administers(actor_of(request)):
            raise Forbidden("Only an administrator of the company may change this.")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@signed_in
def company(request: HttpRequest) -> HttpResponse:
    """The company as it is registered, its keys, webhooks and mandates."""
    return _page(request)


@for_administrators
def make_key(request: HttpRequest) -> HttpResponse:
    """A fresh key, shown on the page that answers and never again."""
    actor = actor_of(request)
    label = request.POST.get("label", "").strip()[:LABEL_MOST]
    if not label:
        return _page(request, fault="label")
    key = platform().companies.make_key(
        actor,
        label=label,
        scopes=[scope for scope in SCOPES if scope in request.POST.getlist("scope")],
        roles=sorted(actor.roles - {"administrator"}),
        mode="test" if request.POST.get("mode") == "test" else "live",
        at=datetime.now(UTC),
    )
    return _page(request, fresh_key=key)


@for_administrators
def revoke_key(request: HttpRequest, mark: str) -> HttpResponse:
    """The key lets nobody in any more."""
    if len(mark) != 64 or not platform().companies.revoke_key(actor_of(request), mark, datetime.now(UTC)):
        raise NotFound("There is no such key.")
    return redirect("company")


@for_administrators
def give_mandate(request: HttpRequest) -> HttpResponse:
    """Another company may lodge for this one until the day named."""
    actor, until = actor_of(request), _day(request.POST.get("until", ""))
    agent = platform().companies.registered(actor, request.POST.get("identifier", "").strip()[:LABEL_MOST])
    if agent is None or agent.party == actor.party:
        return _page(request, fault="agent")
    if until is None or until <= datetime.now(UTC):
        return _page(request, fault="until")
    known = platform().catalogue.newest
    services = [one for one in request.POST.getlist("service") if one in known]
    platform().companies.give_mandate(actor, agent, until=until, services=services, at=datetime.now(UTC))
    return redirect("company")


@for_administrators
def end_mandate(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Ends a mandate the company gave."""
    if not platform().companies.end_mandate(actor_of(request), mandate_id, datetime.now(UTC)):
        raise NotFound("There is no such mandate.")
    return redirect("company")


@for_administrators
def make_webhook(request: HttpRequest) -> HttpResponse:
    """Notices go to an address of the company's own; the secret that signs them is shown once."""
    url, key = request.POST.get("url", "").strip(), secrets.token_hex(16)
    try:
        made, _ = webhooks.subscribe(
            platform().webhooks, actor_of(request), url=url, kinds=(), key=key, at=datetime.now(UTC)
        )
    except (Malformed, webhooks.TooMany):
        return _page(request, fault="url")
    return _page(request, fresh_secret=made.secret)


@for_administrators
def test_webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Puts a test notice on its way."""
    key = secrets.token_hex(16)
    webhooks.try_out(platform().webhooks, actor_of(request), webhook_id, key=key, at=datetime.now(UTC))
    return _page(request, tested=True)


@for_administrators
def remove_webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """No more notices go there."""
    if not platform().webhooks.remove(actor_of(request), webhook_id):
        raise NotFound("There is no such webhook.")
    return redirect("company")


def _page(request: HttpRequest, *, fault: str = "", fresh_key: str = "", **more: object) -> HttpResponse:
    actor = actor_of(request)
    company = platform().companies.own(actor)
    context = {
        "company": company,
        "other_name": _other_name(company),
        "keys": platform().companies.keys(actor),
        "mandates": platform().companies.mandates(actor),
        "webhooks": platform().webhooks.webhooks(actor),
        "may_change": _administers(actor),
        "choices": choices_of(request),
        "services": platform().catalogue.services(),
        "scopes": SCOPES,
        "now": datetime.now(UTC),
        "fault": f"company.fault_{fault}" if fault else "",
        "fresh_key": fresh_key,
        **more,
    }
    return render(request, "company.html", context, status=422 if fault else 200)


def _other_name(company: Company | None) -> str:
    """The name that the page's language does not put first; empty when there is only one."""
    if company is None or not company.name_zh:
        return ""
    return company.name_zh if language_now() == "en" else company.name


def _administers(actor: Actor) -> bool:
    return actor.party.startswith("company:") and "administrator" in actor.roles


def _day(text: str) -> datetime | None:
    """The end of that day in Hong Kong; None when it is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), HONG_KONG)
    except ValueError:
        return None
