"""POST /submissions/{reference}/actions/{action}: any other act on a submission as a whole."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import etag, receipt_body
from onewindow.application.act_on_submission import act_on_submission as act


def act_on_submission(request: Request) -> Reply:
    """Reopen, write a message, bundle, revoke: whatever the service defines, with the body it defines."""
    receipt = act(
        request.platform.desk,
        request.actor,
        request.parameters["reference"],
        request.parameters["action"],
        request.body,
        key=request.key,
        expected=request.version_if_named(),
    )
    return reply(receipt_body(receipt), headers=etag(receipt.version))
