"""Looking something up in a code list: options for a field, or a page where there is no script."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onewindow.bootstrap import platform
from onewindow.web.forms.choices import search
from onewindow.web.today import hong_kong_today

WORDS_MOST = 100


@require_safe
def codes(request: HttpRequest, name: str) -> HttpResponse:
    """Entries whose code or words have what was typed."""
    found = platform().catalogue.vocabulary.lists.get(name)
    if found is None:
        raise Http404
    words = request.GET.get(request.GET.get("field", "words"), "")[:WORDS_MOST]
    entries = search(found, words, hong_kong_today())
    template = "codes/options.html" if "field" in request.GET else "codes/page.html"
    response = render(request, template, {"entries": entries, "words": words, "name": name})
    response["Cache-Control"] = "private, max-age=300"
    return response
