"""Pages for what went wrong: they say what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def fault_page(request: HttpRequest, status: int, words: str, **values: object) -> HttpResponse:
    """The page of one fault; `words` is a key of words/fault.toml."""
    context = {"title": f"fault.{words}", "text": f"fault.{words}_text", "id": request_id(request), **values}
    return render(request, "fault.html", context, status=status)


def request_id(request: HttpRequest) -> str:
    """The number under which the logs have this request."""
    return request.headers.get("X-Request-Id", "")[:64]


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's shape
    """404."""
    return fault_page(request, 404, "not_found")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return fault_page(request, 403, "forbidden")


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 when the CSRF token does not fit."""
    return fault_page(request, 403, "csrf")


def broken(request: HttpRequest) -> HttpResponse:
    """500: without a stack trace, with the number of the request."""
    return fault_page(request, 500, "broken")
