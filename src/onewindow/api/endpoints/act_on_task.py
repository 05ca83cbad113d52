"""POST /tasks/{task}/{action}: an officer acts."""

from __future__ import annotations

from onewindow.api.exchange import Reply, Request, reply
from onewindow.api.wire import etag, receipt_body
from onewindow.application.act_on_task import act_on_task as act


def act_on_task(request: Request) -> Reply:
    """Claim, query, approve, split, score: the actions, their bodies and who may take them come from the service."""
    receipt = act(
        request.platform.desk,
        request.actor,
        request.parameters["task"],
        request.parameters["action"],
        request.body,
        key=request.key,
        expected=request.version_if_named(),
    )
    return reply(receipt_body(receipt), headers=etag(receipt.version))
