"""GET /metrics: figures for a monitor."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request
from onewindow.api.metrics import exposition
from onewindow.api.readiness import figures


def show_metrics(request: Request) -> Reply:
    """The text format of Prometheus, over all server processes. Takes a key with the scope `metrics`."""
    body = exposition(figures(request.platform))
    return Reply(body=body, media=b"text/plain; version=0.0.4; charset=utf-8")
