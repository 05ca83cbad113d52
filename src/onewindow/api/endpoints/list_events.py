"""GET /submissions/{reference}/events: what happened, in order."""

from __future__ import annotations

from onewindow.api.endpoints.show_submission import submission_seen
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import EventsBody, event_body


def list_events(request: Request) -> Reply:
    """Append-only; each event's `hash` covers the one before it. Erased words are null."""
    submission = submission_seen(request)
    events = request.platform.register.events(request.actor, submission)
    return reply(EventsBody([event_body(event) for event in events]))
