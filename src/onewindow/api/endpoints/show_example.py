"""GET /services/{service}/example: a document that is accepted today."""

from __future__ import annotations

from datetime import UTC, datetime

from onewindow.api.endpoints.show_service import definition_in_force
from onewindow.api.exchange import Reply, Request
from onewindow.application.refusals import NotFound
from onewindow.channels.wco_xml_writing import write_document


def show_example(request: Request) -> Reply:
    """JSON with a fresh sender's reference; XML when the caller accepts `application/xml`."""
    definition = definition_in_force(request)
    try:
        body = request.platform.registry.example(definition.id, request.today, now=datetime.now(UTC))
    except KeyError:
        raise NotFound(f"The service {definition.id!r} has no example.") from None
    if b"application/xml" in request.headers.get(b"accept", b""):
        return Reply(body=write_document(body, definition), media=b"application/xml")
    return Reply(body=body)
