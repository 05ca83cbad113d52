"""Signing in and out, choosing whom to act for, and the demonstration's roles by one click."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from onewindow.application.refusals import NotFound
from onewindow.bootstrap import platform
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.web.acting import CHOSEN, NOBODY, actor_of, choices_of, signed_in
from onewindow.web.registered import party_names
from onewindow.web.words_catalogue import role_words

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


ROLES_KEPT_S = 60
STEPS_MOST = 3


@dataclass(frozen=True, slots=True)
class Role:
    """One login that the demonstration offers, with the company or agency it acts for."""

    login: str
    name: Words
    party: Words
    does: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """The demonstration's people who lodge, or those who answer; `key` names the group's words."""

    key: str
    roles: tuple[Role, ...]


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; in the demonstration every role by one click."""
    roles = demonstration_roles() if settings.DEMONSTRATION else []
    return render(request, "account/sign_in.html", {"roles": roles, "next": _next(request)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("home")


@require_POST
def demonstration_sign_in(request: HttpRequest, login_name: str) -> HttpResponse:
    """Becomes one of the demonstration's people. The address exists in the demonstration only."""
    if not settings.DEMONSTRATION:
        raise Http404
    user = get_user_model().objects.filter(username=login_name).first()
    if user is None:
        raise NotFound("There is no such role.")
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(_next(request) or landing(actor_of(request)))


@require_safe
def today_or_work(request: HttpRequest) -> HttpResponse:
    """Where a person goes after signing in: staff to the work list, others to their own first page."""
    return HttpResponseRedirect(landing(actor_of(request)))


@require_POST
@signed_in
def act_for(request: HttpRequest) -> HttpResponse:
    """Chooses for which company or agency a person with several acts now."""
    party = request.POST.get("party", "")
    if party not in {actor.party for actor in choices_of(request)}:
        raise NotFound("You do not act for that company.")
    request.session[CHOSEN] = party
    return HttpResponseRedirect(reverse("landing"))


def landing(actor: Actor) -> str:
    """The first page of an actor."""
    return reverse("worklist") if actor.agency else reverse("today") if actor.party else reverse("home")


def demonstration_roles() -> list[RoleGroup]:
    """Every login of the demonstration: people who lodge, people who answer. Read at most once a minute."""
    return _roles(int(time.monotonic() // ROLES_KEPT_S))


@lru_cache(maxsize=1)
def _roles(_minute: int) -> list[RoleGroup]:
    lodgers: list[Role] = []
    staff: list[Role] = []
    for user in get_user_model().objects.order_by("pk")[:300]:
        first, *others = platform().accounts.actors_of(user.pk) or [NOBODY]
        name = others[-1].names if others else first.names
        role = Role(user.get_username(), name, party_names(first), _does(first))
        (staff if first.agency else lodgers).append(role)
    staff = _without_doubles(staff)
    return [RoleGroup("account.traders", tuple(lodgers)), RoleGroup("account.officers", tuple(staff))]


def _without_doubles(staff: list[Role]) -> list[Role]:
    """One officer for each kind of work; of a panel every member, since it takes several to decide."""
    panels = {stage.title for one in platform().catalogue.definitions for stage in one.stages if stage.panel}
    kinds: dict[object, Role] = {}
    for role in staff:
        kinds.setdefault(role.login if panels & set(role.does) else (role.party, role.does), role)
    return list(kinds.values())


def _does(actor: Actor) -> tuple[Words, ...]:
    """What the role is about: the steps an officer works on, or the names of a lodger's roles."""
    if not actor.agency:
        return tuple(role_words(role) for role in sorted(actor.roles - {"person"}))
    definitions = platform().catalogue.newest.values()
    stages = [stage for one in definitions for stage in one.stages if stage.role in actor.roles]
    here = [stage.title for stage in stages if stage.agency == actor.agency or stage.opens == "split"]
    return tuple(dict.fromkeys(here or [stage.title for stage in stages]))[:STEPS_MOST]


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""
