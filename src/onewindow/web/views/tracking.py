"""Coming back to a case with its number and secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onewindow.bootstrap import platform
from onewindow.kernel.reference import normalise
from onewindow.web.acting import actor_of
from onewindow.web.anonymous import actor_with, normal_secret, remember
from onewindow.web.throttling import too_often
from onewindow.web.views.faults import fault_page


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """The form, and on POST the way to the case. Ten tries a minute from one address."""
    if request.method != "POST":
        return render(request, "track.html", {"reference": request.GET.get("reference", "")[:40]})
    if too_often(request, "track", most=10, seconds=60):
        return fault_page(request, 429, "too_many")
    typed, secret = request.POST.get("reference", "")[:40], normal_secret(request.POST.get("secret", ""))
    reference = normalise(typed)
    actor = actor_with(secret) if secret else actor_of(request)
    if reference and actor.party and platform().register.submission(actor, reference):
        if secret:
            remember(request, reference, actor)
        return redirect("submission", reference)
    return render(request, "track.html", {"reference": typed, "wrong": True}, status=404)
