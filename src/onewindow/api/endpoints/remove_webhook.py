"""DELETE /webhooks/{webhook}: no more notices there."""

from __future__ import annotations

from onewindow.api.endpoints.show_attachment import uuid_of
from onewindow.api.exchange import Reply, Request


def remove_webhook(request: Request) -> Reply:
    """Gone is gone: removing it again is answered the same."""
    request.platform.webhooks.remove(request.actor, uuid_of(request.parameters["webhook"]))
    return Reply(204)
