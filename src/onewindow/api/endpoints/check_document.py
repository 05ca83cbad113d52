"""POST /services/{service}/checks: a dry run."""

from __future__ import annotations

from onewindow.api.arriving import arriving, located, refuse_malformed
from onewindow.api.exchange import Reply, Request, reply
from onewindow.application.refusals import UnknownService


async def check_document(request: Request) -> Reply:
    """The same verdict as lodging; nothing is kept. Any key may check any service."""
    service = request.parameters["service"]
    incoming, document = arriving(request, service)
    try:
        verdict = await request.platform.checking.check(request.actor, service, incoming.body)
    except UnknownService:
        refuse_malformed(incoming)
        raise
    findings = [finding.as_dict() for finding in located(verdict.findings, document)]
    return reply({"accepted": verdict.accepted, "findings": findings, "not_checked": list(verdict.not_checked)})
