"""The document form: a page for each group, saved as it is typed, checked before it is lodged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onewindow.application.refusals import Forbidden, NotFound, UnknownService
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding
from onewindow.web.acting import actor_of
from onewindow.web.anonymous import actor_with, fresh_secret
from onewindow.web.dates import clock_in_words
from onewindow.web.drafts.form import Form, form_of
from onewindow.web.drafts.keeping import draft_of, drafts_of, new_draft
from onewindow.web.drafts.models import Draft
from onewindow.web.forms.places import Json, Place, has_own_pages, item_at, parts_of, place_at, sections, value_at
from onewindow.web.forms.tree import Builder, anchor
from onewindow.web.forms.typed import Typed, add_row, remove_row
from onewindow.web.judging import Opinion, example_of, opinion_of
from onewindow.web.language import is_switching, keeps_typed, language_now
from onewindow.web.today import hong_kong_today
from onewindow.web.uploads import keep_uploads
from onewindow.web.words_catalogue import words_of

FAULTS_MOST = 100
"""Errors listed at once on a page; the rest is counted."""


@dataclass(frozen=True, slots=True)
class SectionSign:
    """One line of the list of groups: its page, and how far it is."""

    name: str
    title: str
    address: str
    sign: str
    faults: int
    here: bool


@require_POST
def start(request: HttpRequest, service_id: str) -> HttpResponse:
    """A fresh draft, empty or (in the demonstration) filled with the example."""
    definition = platform().catalogue.in_force(service_id, hong_kong_today())
    if definition is None:
        raise UnknownService("There is no such service today.")
    if not definition.lodging.anyone and not actor_of(request).roles & set(definition.lodging.by):
        raise Forbidden("Your role may not lodge this.")
    document = example_of(definition, actor_of(request)) if request.POST.get("example") == "yes" else {}
    nonce = "" if actor_of(request).party else fresh_secret()
    draft = new_draft(request, definition.id, document, nonce=nonce)
    return redirect("section", draft.pk, next(sections(definition.root)).name)


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Every form half filled in."""
    kept = [(draft, _definition_or_none(request, draft)) for draft in drafts_of(request)]
    shown = [(draft, found, _own_reference(draft, found)) for draft, found in kept if found is not None]
    return render(request, "document/drafts.html", {"shown": shown})


def _definition_or_none(request: HttpRequest, draft: Draft) -> Definition | None:
    """None for a draft that has no form today: its service is closed, or what it amends is no longer seen."""
    try:
        return form_of(request, draft).definition
    except (NotFound, UnknownService):
        return None


def _own_reference(draft: Draft, definition: Definition) -> str:
    """By which its writer knows it from others of its kind; empty while there is none."""
    place = definition.reference.replace(".", "/")
    value = value_at(draft.document, f"/{place}") if place else None
    return value if isinstance(value, str) else ""


@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throws a draft away."""
    draft_of(request, draft_id).delete()
    return redirect("drafts")


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, draft_id: UUID, path: str) -> HttpResponse:
    """One group of the form: shows it; saves what was typed and goes where the button says."""
    draft = draft_of(request, draft_id)
    form = form_of(request, draft)
    place = place_at(form.definition.root, path)
    if place is None or (path != place.name):
        raise NotFound("The form has no such part.")
    if request.method == "POST":
        return _save(request, draft, form, place)
    draft.visit(path.split("/")[0])
    return _section_page(request, draft, form, place, with_faults="faults" in request.GET)


def lodger_of(request: HttpRequest, draft: Draft) -> Actor:
    """Who lodges: the signed-in party, or for an anonymous form whoever holds its secret."""
    return actor_with(draft.nonce) if draft.nonce else actor_of(request)


def signs(definition: Definition, draft: Draft, opinion: Opinion, here: str = "") -> list[SectionSign]:
    """The list of groups with their state."""
    document, visited = draft.document, draft.visited.split()
    tops = Counter(finding.pointer.split("/")[1] for finding in opinion.errors if finding.pointer)
    return [_sign(place, draft, document, tops, visited=visited, here=here) for place in sections(definition.root)]


def _sign(
    place: Place, draft: Draft, document: Json, tops: Counter[str], *, visited: list[str], here: str
) -> SectionSign:
    names = [item.name for item in place.items] if not place.pointer else [place.name]
    faults = sum(tops[name] for name in names)
    filled = any(value_at(document, f"/{name}") not in (None, "", [], {}) for name in names)
    sign = "faults" if faults and (filled or place.name in visited) else "filled" if filled and not faults else "empty"
    title = place.item.words.of(language_now()) if place.pointer else words_of("form.opening").of(language_now())
    address = reverse("section", args=[draft.pk, place.name])
    return SectionSign(place.name, title, address, sign, faults, place.name == here.split("/")[0])


def _section_page(
    request: HttpRequest,
    draft: Draft,
    form: Form,
    place: Place,
    *,
    with_faults: bool,
    more: tuple[Finding, ...] = (),
) -> HttpResponse:
    definition, document = form.definition, draft.document
    opinion = opinion_of(form, document)
    builder = Builder(
        platform().catalogue.vocabulary.lists,
        day=form.day,
        language=language_now(),
        findings=(*more, *_in_place(place, opinion)) if with_faults else (),
        first_line=_number(request.GET.get("first", "")),
    )
    shown = signs(definition, draft, opinion, place.name)
    context = {
        "draft": draft,
        "definition": definition,
        "place": place,
        "title": _title(place),
        "nodes": builder.page(place, document),
        "datalists": builder.datalists,
        "faults": [(one, "#" + anchor(one.pointer)) for one in builder.findings if one.severity == "error"][
            :FAULTS_MOST
        ],
        "sections": shown,
        "back": _up(draft, place, shown),
        "typing_form": "document",
        "next": _next(draft, place, shown),
    }
    return render(request, "document/section.html", context)


def _save(request: HttpRequest, draft: Draft, form: Form, place: Place) -> HttpResponse:
    definition, document = form.definition, draft.document
    typed = Typed(request.POST.dict(), platform().catalogue.vocabulary.lists, day=hong_kong_today())
    typed.keep(place, document)
    refused = keep_uploads(request, lodger_of(request, draft), document, definition.root)
    here = reverse("section", args=[draft.pk, place.name])
    if pointer := request.POST.get("add", ""):
        return _add(draft, document, definition, pointer, here)
    if pointer := request.POST.get("remove", ""):
        remove_row(document, pointer)
        draft.keep(document)
        return HttpResponseRedirect(f"{here}#{anchor(pointer.rpartition('/')[0])}")
    draft.keep(document)
    if refused:
        return _section_page(request, draft, form, place, with_faults=True, more=refused)
    if request.POST.get("go") == "autosave":
        return render(request, "document/saved.html", {"time": clock_in_words(draft.changed_at, language_now())})
    if is_switching(request):
        return HttpResponseRedirect(here)
    opinion = opinion_of(form, document)
    if _in_place(place, opinion) and request.POST.get("go") == "next":
        return HttpResponseRedirect(f"{here}?faults")
    return HttpResponseRedirect(_next(draft, place, signs(definition, draft, opinion, place.name)))


def _add(draft: Draft, document: dict[str, Json], definition: Definition, pointer: str, here: str) -> HttpResponse:
    item = item_at(definition.root, pointer)
    if item is None or not item.is_list:
        raise NotFound("The form has no such part.")
    number = add_row(document, pointer, item)
    draft.keep(document)
    if number is not None and has_own_pages(item):
        return redirect("section", draft.pk, f"{pointer[1:]}/{number}")
    return HttpResponseRedirect(f"{here}#{anchor(f'{pointer}/{number}')}")


def _in_place(place: Place, opinion: Opinion) -> tuple[Finding, ...]:
    """The errors and warnings that this page can show."""
    if not place.pointer:
        names = {item.name for item in place.items}
        return tuple(finding for finding in opinion.findings if (parts_of(finding.pointer) or [""])[0] in names)
    below = f"{place.pointer}/"
    return tuple(
        finding for finding in opinion.findings if finding.pointer == place.pointer or finding.pointer.startswith(below)
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _title(place: Place) -> str:
    if not place.pointer:
        return words_of("form.opening").of(language_now())
    last = place.name.rpartition("/")[2]
    number = f" {int(last) + 1}" if last.isdecimal() else ""
    return place.item.words.of(language_now()) + number


def _up(draft: Draft, place: Place, shown: list[SectionSign]) -> str:
    """The page a back link leads to: the list a row stands in, the group before, or the service."""
    if "/" in place.name:
        return reverse("section", args=[draft.pk, _parent(place.name)])
    before = [sign for sign in shown if sign.name == place.name or sign.here]
    number = shown.index(before[0]) if before else 0
    return shown[number - 1].address if number else reverse("service", args=[draft.service])


def _next(draft: Draft, place: Place, shown: list[SectionSign]) -> str:
    if "/" in place.name:
        return reverse("section", args=[draft.pk, _parent(place.name)])
    names = [sign.name for sign in shown]
    number = names.index(place.name) + 1 if place.name in names else len(names)
    return shown[number].address if number < len(shown) else reverse("check", args=[draft.pk])


def _parent(path: str) -> str:
    """`goods/3` belongs to the list `goods`; `consignments/3/goods` to the row `consignments/3`, where it is shown."""
    return path.rpartition("/")[0]
