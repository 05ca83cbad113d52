"""POST /webhooks/{webhook}/test: try it out."""

from __future__ import annotations

from datetime import UTC, datetime

from onewindow.api.endpoints.show_attachment import uuid_of
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import SentBody
from onewindow.application.webhooks import try_out


def try_webhook(request: Request) -> Reply:
    """A notice of kind `test` and number 0 is sent, signed like any other."""
    identity = uuid_of(request.parameters["webhook"])
    sent = try_out(request.platform.webhooks, request.actor, identity, key=request.key, at=datetime.now(UTC))
    return reply(SentBody(sent))
