"""POST /submissions/{reference}/replies: the lodger answers what an agency asked."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request
from onewindow.api.exchange import reply as answer
from onewindow.api.wire import etag, receipt_body
from onewindow.application.reply import reply


def reply_to_query(request: Request) -> Reply:
    """The body is the `reply` action's, as the service defines it. If-Match is heeded when it is sent."""
    receipt = reply(
        request.platform.desk,
        request.actor,
        request.parameters["reference"],
        request.body,
        key=request.key,
        expected=request.version_if_named(),
    )
    return answer(receipt_body(receipt), headers=etag(receipt.version))
