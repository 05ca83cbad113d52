"""GET /services: the catalogue."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.service_words import row_of


def list_services(request: Request) -> Reply:
    """Every service in force today, one row each."""
    registry, today = request.platform.registry, request.today
    return reply([row_of(one, registry, today) for one in registry.catalogue.services_on(today)])
