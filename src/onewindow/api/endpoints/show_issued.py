"""GET /submissions/{reference}/documents/{number}: one issued document."""

from __future__ import annotations

from onewindow.api.endpoints.show_submission import submission_seen
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import issued_body
from onewindow.application.refusals import NotFound


def show_issued(request: Request) -> Reply:
    """`payload` is the JSON text that was signed, `signature` its Ed25519 signature in Base64."""
    wanted = request.parameters["number"]
    issued = request.platform.issued.of(request.actor, submission_seen(request))
    found = next((one for one in issued if one.number == wanted), None)
    if found is None:
        raise NotFound("This submission has no issued document of that number.")
    return reply(issued_body(found))
