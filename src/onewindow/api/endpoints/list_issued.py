"""GET /submissions/{reference}/documents: what was issued."""

from __future__ import annotations

from onewindow.api.endpoints.show_submission import submission_seen
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import IssuedListBody, issued_body


def list_issued(request: Request) -> Reply:
    """Licences, permits and certificates of this submission, newest first, each as it was signed."""
    issued = request.platform.issued.of(request.actor, submission_seen(request))
    return reply(IssuedListBody([issued_body(one) for one in issued]))
