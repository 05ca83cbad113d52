"""Submissions as the one who asks may see them."""

from __future__ import annotations

import json
from typing import cast

from django.http import HttpRequest

from onewindow.application.ports import Submission
from onewindow.application.refusals import NotFound, UnknownService
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


def known_definition(service: str) -> Definition:
    """The definition of a submission's service. Raises UnknownService when it was taken away."""
    found = platform().catalogue.definitions.get(service)
    if found is None:
        raise UnknownService("This service is no longer offered.")
    return found


def document_of(actor: Actor, submission: Submission, version: int | None = None) -> dict[str, Json] | None:
    """A version of the document as JSON, whatever format it came in; None when it was erased or is not kept."""
    found = platform().register.body(actor, submission, version)
    if found is None:
        return None
    values = platform().desk.values(known_definition(submission.service), *found)
    return cast("dict[str, Json]", json.loads(json.dumps(values, default=str)))
