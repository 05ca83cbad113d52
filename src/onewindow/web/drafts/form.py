"""The form a draft is filled in on: a new document's is that of the day, an amendment's the one it was lodged under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from onewindow.application.ports import Submission
from onewindow.application.refusals import UnknownService
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition, Item
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.web.drafts.models import Draft
from onewindow.web.forms.places import Json
from onewindow.web.seeing import known_definition, seen
from onewindow.web.today import hong_kong_today


@dataclass(frozen=True, slots=True)
class Form:
    """The definition that asks, the day it is judged on, and for an amendment the submission it replaces."""

    definition: Definition
    day: date
    amends: Submission | None = None


def form_of(request: HttpRequest, draft: Draft) -> Form:
    """The draft's form. Raises UnknownService when it is not in force, NotFound when what it amends is not seen.

    A new document that was begun on an earlier version, or copied from one, loses what this one does not ask.
    """
    if draft.amends:
        _, submission = seen(request, draft.amends)
        return Form(known_definition(submission), hong_kong_day(submission.lodged_at), submission)
    today = hong_kong_today()
    definition = platform().catalogue.in_force(draft.service, today)
    if definition is None:
        raise UnknownService("The service of this draft is not offered today.")
    whole = draft.document
    asked = _asked(whole, definition.root)
    if isinstance(asked, dict) and asked != whole:
        draft.keep(asked)
    return Form(definition, today)


def _asked(value: Json, item: Item, *, row: bool = False) -> Json:
    """The value as far as the item, and those below it, ask for one of its shape."""
    if item.is_list and not row:
        return [_asked(one, item, row=True) for one in value] if isinstance(value, list) else None
    if not item.is_object:
        return None if isinstance(value, dict | list) else value
    if not isinstance(value, dict):
        return None
    children = {child.name: child for child in item.children}
    return {name: _asked(one, children[name]) for name, one in value.items() if name in children}
