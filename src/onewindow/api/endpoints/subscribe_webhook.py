"""POST /webhooks: have notices sent."""

from __future__ import annotations

from datetime import UTC, datetime

from onewindow.api.exchange import Reply, Request, created, read
from onewindow.api.wire import SubscribeBody, subscription_body
from onewindow.application.webhooks import subscribe


def subscribe_webhook(request: Request) -> Reply:
    """Each notice is sent as `GET /notifications` shows it, signed with the secret that this answer holds."""
    wanted = read(request, SubscribeBody)
    hook, repeated = subscribe(
        request.platform.webhooks,
        request.actor,
        url=wanted.url,
        kinds=wanted.kinds,
        key=request.key,
        at=datetime.now(UTC),
    )
    return created(subscription_body(hook), repeated=repeated)
