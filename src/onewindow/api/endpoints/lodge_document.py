"""POST /services/{service}/submissions: the lodging door. Everything it awaits is the journal's commit."""

from __future__ import annotations

import asyncio

from onewindow.api.arriving import arrived, is_large, located_refusal, refuse_malformed
from onewindow.api.exchange import Reply, Request, created
from onewindow.api.metrics import count_documents
from onewindow.api.wire import receipt_body
from onewindow.application.refusals import NotDurable, Refused, UnknownService


async def lodge_document(request: Request) -> Reply:
    """Lodge one document: a receipt once it is durable, or every finding. The same key gets the same receipt."""
    service = request.parameters["service"]
    incoming, document = await arrived(request, service)
    lodging = request.platform.lodging
    try:
        if is_large(request):
            receipt = await asyncio.to_thread(lodging.lodge_now, request.actor, service, incoming)
        else:
            receipt = await lodging.lodge(request.actor, service, incoming)
    except UnknownService:
        refuse_malformed(incoming)
        raise
    except Refused as refused:
        count_documents(service, "refused")
        raise located_refusal(refused, document) from None
    except NotDurable:
        count_documents(service, "not_durable")
        raise
    count_documents(service, "repeated" if receipt.repeated else "lodged")
    return created(receipt_body(receipt), repeated=receipt.repeated)
