"""Which of the three languages a page speaks, and switching it without losing place or typed text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

COOKIE = "language"
FIELD = "_language"
YEAR_S = 365 * 24 * 3600
_OURS = {"en": "en", "zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
View = TypeVar("View", bound=Callable[..., HttpResponse])


def language_now() -> str:
    """`en`, `zh-Hant` or `zh-Hans`: the language of the page being made."""
    return _OURS.get((translation.get_language() or "en").lower(), "en")


def keeps_typed(view: View) -> View:
    """Marks a view that takes a POST with a `_language` button, keeps what was typed and shows the same page again."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def is_switching(request: HttpRequest) -> bool:
    """True when the person pressed a language button inside a form: keep the text, do nothing else."""
    return request.method == "POST" and FIELD in request.POST


class LanguageMiddleware:
    """Language by `?language=` (then the address without it), by a form's language button, by cookie, by browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _asked(request)
        chosen = asked or _OURS.get(request.COOKIES.get(COOKIE, "").lower()) or _browsers(request)
        with translation.override(chosen.lower()):
            response = _without_parameter(request) if asked and request.method == "GET" else self.get_response(request)
        if asked:
            response.set_cookie(
                COOKIE, chosen, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure()
            )
        response.headers.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(self, request: HttpRequest, view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        """A form whose view cannot keep typed text goes back to its page in the new language."""
        if not is_switching(request) or getattr(view, "keeps_typed", False):
            return None
        back = request.headers.get("Referer", "/")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(back if safe else "/")


def _asked(request: HttpRequest) -> str | None:
    parameters = request.POST if is_switching(request) else request.GET
    return _OURS.get((parameters.get(FIELD) or parameters.get("language") or "").lower())


def _browsers(request: HttpRequest) -> str:
    wanted = (
        part.split(";")[0].strip().lower() for part in request.headers.get("Accept-Language", "")[:200].split(",")
    )
    for tag in wanted:
        if tag.startswith("en"):
            return "en"
        if tag.startswith("zh"):
            return "zh-Hans" if tag in ("zh-cn", "zh-sg") or "hans" in tag else "zh-Hant"
    return "en"


def _without_parameter(request: HttpRequest) -> HttpResponse:
    rest = request.GET.copy()
    rest.pop("language", None)
    rest.pop(FIELD, None)
    path = "/" + request.path.lstrip("/")  # `//host` would leave the site
    return HttpResponseRedirect(f"{path}?{rest.urlencode()}" if rest else path)
