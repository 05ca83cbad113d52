"""POST /webhooks/{webhook}/replay: have notices sent again."""

from __future__ import annotations

from datetime import UTC, datetime

from onewindow.api.endpoints.show_attachment import uuid_of
from onewindow.api.exchange import Reply, Request, read, reply
from onewindow.api.wire import ReplayBody, SentBody
from onewindow.application.webhooks import replay


def replay_webhook(request: Request) -> Reply:
    """Those after number `after` (0 when left out), a thousand at most."""
    wanted = read(request, ReplayBody) if request.body else ReplayBody()
    sent = replay(
        request.platform.webhooks,
        request.actor,
        uuid_of(request.parameters["webhook"]),
        after=wanted.after,
        key=request.key,
        at=datetime.now(UTC),
    )
    return reply(SentBody(sent))
