"""GET /services/{service}/example: a document that is accepted today."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from onewindow.api.endpoints.show_service import definition_in_force
from onewindow.api.exchange import Reply, Request
from onewindow.application.refusals import NotFound
from onewindow.channels.wco_xml_writing import write_document
from onewindow.definitions.model import Definition
from onewindow.engine.example import on_behalf_of


def show_example(request: Request) -> Reply:
    """JSON with a fresh sender's reference, the caller's own company as its principal; XML for `application/xml`."""
    definition = definition_in_force(request)
    try:
        body = request.platform.registry.example(definition, request.today, now=datetime.now(UTC))
    except LookupError:
        raise NotFound(f"The service {definition.id!r} has no example.") from None
    body = _on_behalf_of_caller(request, definition, body)
    if b"application/xml" in request.headers.get(b"accept", b""):
        return Reply(body=write_document(body, definition), media=b"application/xml")
    return Reply(body=body)


def _on_behalf_of_caller(request: Request, definition: Definition, body: bytes) -> bytes:
    principal = definition.lodging.principal
    company = request.platform.companies.own(request.actor) if principal and request.actor.party else None
    if company is None:
        return body
    document = json.loads(body)
    on_behalf_of(document, principal, identifier=company.identifier, name=company.name)
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
