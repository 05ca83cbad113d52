"""GET /services/{service}: one service as it is defined."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.service_words import service_of
from onewindow.application.refusals import UnknownService
from onewindow.definitions.model import Definition


def show_service(request: Request) -> Reply:
    """Who may lodge, the stages and pledges, the actions with their bodies, the fees, the rules."""
    return reply(service_of(definition_in_force(request), request.platform.registry, request.today))


def definition_in_force(request: Request) -> Definition:
    """The definition the path names. Raises UnknownService."""
    service = request.parameters["service"]
    found = request.platform.registry.catalogue.in_force(service, request.today)
    if found is None:
        raise UnknownService(f"There is no service {service!r} in force today. GET /api/v1/services lists them.")
    return found
