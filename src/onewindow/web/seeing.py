"""Submissions as the one who asks may see them."""

from __future__ import annotations

import json
from typing import cast

from django.http import HttpRequest

from onewindow.application.acting import definition_of
from onewindow.application.ports import Submission
from onewindow.application.refusals import NotFound
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition
from onewindow.kernel.actor import Actor
from onewindow.kernel.reference import normalise
from onewindow.web.acting import actor_of
from onewindow.web.anonymous import remembered
from onewindow.web.forms.places import Json


def seen(request: HttpRequest, reference: str) -> tuple[Actor, Submission]:
    """The submission, and as whom it is seen: the signed-in party, or who opened it with its secret.

    Raises NotFound, the same whether it exists or not.
    """
    written = normalise(reference)
    for actor in (remembered(request, written or ""), actor_of(request)):
        if written and actor and actor.party:
            found = platform().register.submission(actor, written)
            if found is not None:
                return actor, found
    raise NotFound("There is no such document for you.")


def known_definition(submission: Submission) -> Definition:
    """The definition a submission was lodged under. Raises UnknownService when it was taken away."""
    return definition_of(platform().desk, submission)


def document_of(actor: Actor, submission: Submission, version: int | None = None) -> dict[str, Json] | None:
    """A version of the document as JSON, whatever format it came in; None when it was erased or is not kept."""
    found = platform().register.body(actor, submission, version)
    if found is None:
        return None
    values = platform().desk.values(known_definition(submission), *found)
    return cast("dict[str, Json]", json.loads(json.dumps(values, default=str)))
