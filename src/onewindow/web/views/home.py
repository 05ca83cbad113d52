"""The first page, the catalogue, and what a service is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onewindow.application.refusals import UnknownService
from onewindow.bootstrap import platform
from onewindow.definitions.model import Clock, Definition, Item, Stage
from onewindow.kernel.words import Words
from onewindow.web.acting import actor_of
from onewindow.web.finding_services import agency_name, find_services
from onewindow.web.today import hong_kong_today

WORDS_MOST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A service with the name of its agency."""

    definition: Definition
    agency: Words


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find a service by words or by what happened."""
    services = [one.id for one in platform().catalogue.services_on(hong_kong_today()) if one.lodging.anyone]
    return render(request, "home.html", {"complaint": services[0] if services else ""})


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All services, narrowed by words and family."""
    words, family = request.GET.get("words", "")[:WORDS_MOST].strip(), request.GET.get("family", "")
    known = platform().catalogue
    found = [one for one in find_services(known, words, hong_kong_today()) if family in ("", one.family)]
    shown = [Shown(one, agency_name(known, one.agency)) for one in found]
    families = sorted({one.family for one in known.services_on(hong_kong_today())})
    return render(request, "catalogue.html", {"words": words, "family": family, "families": families, "shown": shown})


@require_safe
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    """What it is, who may lodge, what it costs, how long it takes, what is needed."""
    known = platform().catalogue
    found = known.in_force(service_id, hong_kong_today())
    if found is None:
        raise UnknownService("There is no such service today.")
    actor = actor_of(request)
    context = {
        "definition": found,
        "agency": agency_name(known, found.agency),
        "steps": [(stage, agency_name(known, stage.agency), _pledge(stage)) for stage in found.stages],
        "needed": [item for item in found.root.children if item.is_object or item.required],
        "leaves": len(found.leaves()),
        "required": sum(1 for item in found.leaves() if item.required),
        "others": [one for one in _with_parent(found) if one.id != found.id],
        "may_start": found.lodging.anyone or bool(actor.roles & set(found.lodging.by)),
        "examples": _files(found.root),
    }
    return render(request, "service.html", context)


def _with_parent(definition: Definition) -> list[Definition]:
    """The service and its further transactions in the version that `definition`, any of them, is of."""
    known = platform().catalogue
    service = known.version(definition.parent, definition.version) if definition.parent else definition
    return known.transactions(service) if service else []


def _pledge(stage: Stage) -> Clock | None:
    return next((clock for clock in stage.clocks if clock.name == "due"), None)


def _files(root: Item) -> list[Item]:
    return [item for item in root.children if item.format.kind == "attachment"]
