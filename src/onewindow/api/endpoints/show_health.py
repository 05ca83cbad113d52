"""GET /health/live and /health/ready: for whoever restarts or routes."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.readiness import missing
from onewindow.api.wire import HealthBody


async def show_live(request: Request) -> Reply:  # noqa: ARG001 — every handler takes the request
    """This process answers."""
    return reply(HealthBody("live"))


def show_ready(request: Request) -> Reply:
    """This process can keep what it is given: 200, or 503 and what is missing."""
    lacking = missing(request.platform)
    return reply(HealthBody("unavailable" if lacking else "ready", lacking), status=503 if lacking else 200)
