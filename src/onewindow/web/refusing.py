"""Refusals of the use cases as pages: one table from code to status and words."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from onewindow.application.refusals import Forbidden, NotDurable, NotFound, Refusal, UnknownService
from onewindow.web.views.faults import fault_page

PAGES: dict[type[Refusal], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    UnknownService: (404, "not_found"),
    Forbidden: (403, "forbidden"),
    NotDurable: (503, "busy"),
}


class RefusalMiddleware:
    """Turns what no view dealt with itself into a page that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None lets Django's own handling run (and log) what is no refusal."""
        if not isinstance(exception, Refusal):
            return None
        status, words = PAGES.get(type(exception), (409, "forbidden"))
        response = fault_page(request, status, words)
        if status == 503:
            response["Retry-After"] = str(exception.details.get("retry_after", 2))
        return response
