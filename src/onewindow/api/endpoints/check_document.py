"""POST /services/{service}/checks: a dry run."""

from __future__ import annotations

import asyncio

from onewindow.api.arriving import arrived, is_large, located, refuse_malformed
from onewindow.api.exchange import Reply, Request, reply
from onewindow.application.refusals import UnknownService


async def check_document(request: Request) -> Reply:
    """The same verdict as lodging; nothing is kept. Any key may check any service."""
    service = request.parameters["service"]
    incoming, document = await arrived(request, service)
    checking = request.platform.checking
    try:
        if is_large(request):
            verdict = await asyncio.to_thread(checking.check_now, request.actor, service, incoming.body)
        else:
            verdict = await checking.check(request.actor, service, incoming.body)
    except UnknownService:
        refuse_malformed(incoming)
        raise
    findings = [finding.as_dict() for finding in located(verdict.findings, document)]
    return reply({"accepted": verdict.accepted, "findings": findings, "not_checked": list(verdict.not_checked)})
