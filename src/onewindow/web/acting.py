"""Who acts in a request: the login's party and roles, as the accounts say; nobody when not signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from onewindow.application.refusals import Forbidden
from onewindow.bootstrap import platform
from onewindow.kernel.actor import Actor

NOBODY = Actor(party="")
CHOSEN = "acting_party"
P = ParamSpec("P")


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request, looked up once."""
    if not hasattr(request, "onewindow_actor"):
        request.onewindow_actor = _look_up(request)  # type: ignore[attr-defined]
    return cast(Actor, request.onewindow_actor)  # type: ignore[attr-defined]


def choices_of(request: HttpRequest) -> list[Actor]:
    """Every party the signed-in person may act for."""
    return platform().accounts.actors_of(request.user.pk) if request.user.is_authenticated else []


def _look_up(request: HttpRequest) -> Actor:
    choices = choices_of(request)
    chosen = request.session.get(CHOSEN) if choices else ""
    return next((actor for actor in choices if actor.party == chosen), choices[0] if choices else NOBODY)


def signed_in(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for people who signed in; others go to the sign-in page and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not actor_of(request).party:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def for_staff(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for people of an agency."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not actor_of(request).agency:
            raise Forbidden("Only an agency's staff may open this page.")
        return view(request, *args, **kwargs)

    return guarded
