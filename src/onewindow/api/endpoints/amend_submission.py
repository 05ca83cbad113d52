"""PUT /submissions/{reference}: a new version of the document."""

from __future__ import annotations

from onewindow.api.arriving import arriving, located_refusal
from onewindow.api.endpoints.show_submission import submission_seen
from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import etag, receipt_body
from onewindow.application.acting import definition_of
from onewindow.application.amend import amend
from onewindow.application.refusals import Refused


def amend_submission(request: Request) -> Reply:
    """Replace the document while its state allows it. If-Match names the version you read; the answer is a receipt."""
    expected = request.version()
    submission = submission_seen(request)
    incoming, document = arriving(request, definition_of(request.platform.desk, submission))
    try:
        receipt = amend(
            request.platform.desk,
            request.actor,
            submission.reference,
            incoming.body,
            raw=incoming.raw,
            media=request.media,
            key=request.key,
            expected=expected,
        )
    except Refused as refused:
        raise located_refusal(refused, document) from None
    return reply(receipt_body(receipt), headers=etag(receipt.version))
