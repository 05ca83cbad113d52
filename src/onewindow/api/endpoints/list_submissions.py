"""GET /submissions: what the caller may see, a page at a time."""

from __future__ import annotations

from typing import cast

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import SubmissionsBody, submission_body
from onewindow.application.ports import Filter, Submission


def list_submissions(request: Request) -> Reply:
    """Newest first, narrowed by state, service and the sender's own reference. `after` comes from the page before."""
    query = request.query()
    wanted = Filter(
        state=query.get("state", ""),
        service=query.get("service", ""),
        sender_reference=query.get("sender_reference", ""),
    )
    page = request.platform.register.submissions(request.actor, wanted, query.get("after", ""), request.limit())
    rows = [submission_body(cast("Submission", row)) for row in page.rows]
    return reply(SubmissionsBody(after=page.after, submissions=rows))
