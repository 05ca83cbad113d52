"""GET /services/{service}/schema: the shape of its document as JSON Schema."""

from __future__ import annotations

from onewindow.api.endpoints.show_service import definition_in_force
from onewindow.api.exchange import Reply, Request, encode
from onewindow.api.json_schema import schema_of


def show_schema(request: Request) -> Reply:
    """JSON Schema 2020-12 of a document lodged today."""
    schema = schema_of(definition_in_force(request), request.platform.registry, request.today)
    return Reply(body=encode(schema), media=b"application/schema+json")
