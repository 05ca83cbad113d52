"""POST /submissions/{reference}/withdrawal: the lodger takes it back."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import etag, receipt_body
from onewindow.application.withdraw import withdraw


def withdraw_submission(request: Request) -> Reply:
    """The body is the `withdraw` action's, as the service defines it. If-Match is heeded when it is sent."""
    receipt = withdraw(
        request.platform.desk,
        request.actor,
        request.parameters["reference"],
        request.body,
        key=request.key,
        expected=request.version_if_named(),
    )
    return reply(receipt_body(receipt), headers=etag(receipt.version))
