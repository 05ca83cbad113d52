"""What the frame of every page shows: way about, languages, who acts."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from onewindow.kernel.actor import Actor
from onewindow.web.acting import actor_of
from onewindow.web.language import language_now
from onewindow.web.registered import party_names

LANGUAGE_NAMES = (("en", "ENG"), ("zh-Hant", "繁"), ("zh-Hans", "简"))
HTML_LANGUAGE = {"en": "en", "zh-Hant": "zh-Hant-HK", "zh-Hans": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the way about."""

    key: str
    address: str
    here: bool
    count: int = 0


def frame(request: HttpRequest) -> dict[str, object]:
    """The context every template has."""
    language = language_now()
    actor = actor_of(request)
    return {
        "html_language": HTML_LANGUAGE[language],
        "html_language_code": language,
        "languages": LANGUAGE_NAMES,
        "here_with_language": _here(request),
        "way": _way(request, actor),
        "actor": actor,
        "acting_for": party_names(actor).of(language),
        "is_demonstration": settings.DEMONSTRATION,
    }


def _here(request: HttpRequest) -> str:
    rest = request.GET.copy()
    rest.pop("language", None)
    parameters = rest.urlencode()
    return f"{request.path}?{parameters}&language=" if parameters else f"{request.path}?language="


def _way(request: HttpRequest, actor: Actor) -> list[Step]:
    steps = [_step(request, "layout.services", "catalogue")]
    if actor.agency:
        return [_step(request, "layout.work", "worklist"), *steps, _step(request, "layout.news", "notifications")]
    if actor.party:
        steps += [
            _step(request, "layout.today", "today"),
            _step(request, "layout.mine", "submissions"),
            _step(request, "layout.news", "notifications"),
            _step(request, "layout.company", "company"),
        ]
        return steps
    return [*steps, _step(request, "layout.track", "track"), _step(request, "layout.verify", "verify")]


def _step(request: HttpRequest, key: str, name: str) -> Step:
    address = reverse(name)
    return Step(key, address, request.path.startswith(address))
