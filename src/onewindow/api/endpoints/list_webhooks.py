"""GET /webhooks: the caller's webhooks."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import SubscriptionsBody, subscription_body


def list_webhooks(request: Request) -> Reply:
    """Without their secrets."""
    hooks = request.platform.webhooks.webhooks(request.actor)
    return reply(SubscriptionsBody([subscription_body(one) for one in hooks]))
