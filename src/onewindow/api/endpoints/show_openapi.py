"""GET /openapi.json: this door described for machines."""

from __future__ import annotations

from functools import lru_cache

from onewindow import VERSION
from onewindow.api.exchange import Reply, Request, encode
from onewindow.api.openapi import openapi


def show_openapi(request: Request) -> Reply:  # noqa: ARG001 — every handler takes the request
    """OpenAPI 3.1, generated from the table of operations; the same for everybody."""
    return Reply(body=_document())


@lru_cache(maxsize=1)
def _document() -> bytes:
    from onewindow.api.operations import OPERATIONS  # the table names this endpoint

    return encode(openapi(OPERATIONS, VERSION))
