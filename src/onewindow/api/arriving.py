"""A document as it arrives: JSON as it is, XML turned into JSON, findings with their XPath on the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from onewindow.api.exchange import Request
from onewindow.api.problem import Problem
from onewindow.application.lodge import Incoming
from onewindow.application.refusals import Refused
from onewindow.channels.wco_xml import XmlDocument, read_document
from onewindow.definitions.model import Definition
from onewindow.engine.checking.json_guard import guard
from onewindow.kernel.finding import Finding

XML: Final = ("application/xml", "text/xml")
LARGE: Final = 256 * 1024
_EDIFACT: Final = "application/edifact"


def is_large(request: Request) -> bool:
    """True for a body whose reading would keep the loop from everybody else: it is read on a thread."""
    return len(request.body) > LARGE


async def arrived(request: Request, service: str) -> tuple[Incoming, XmlDocument | None]:
    """The body as a document lodged today; large ones are read on a thread. Raises as `arriving` does."""
    definition = request.platform.catalogue.in_force(service, request.today) if request.media in XML else None
    if is_large(request):
        return await asyncio.to_thread(arriving, request, definition)
    return arriving(request, definition)


def arriving(request: Request, definition: Definition | None) -> tuple[Incoming, XmlDocument | None]:
    """The body as a document of this definition. Raises Problem 415 for EDIFACT, MalformedDocument."""
    if request.media == _EDIFACT:
        words = "EDIFACT is not taken yet. Send the same document as application/json or application/xml."
        raise Problem(415, "unsupported_media_type", words)
    if request.media not in XML:
        return Incoming(request.key, request.body), None
    if definition is None:
        return Incoming(request.key, b"{}", request.media, request.body), None
    document = read_document(request.body, definition)
    return Incoming(request.key, document.json, request.media, request.body), document


def refuse_malformed(document: Incoming) -> None:
    """Raises MalformedDocument: an unreadable body is said to be so before its service is said to be unknown."""
    if document.raw is None:
        guard(document.body)


def located(findings: Sequence[Finding], document: XmlDocument | None) -> tuple[Finding, ...]:
    """The findings with their place in the XML, if the document came as XML."""
    return tuple(map(document.located, findings)) if document else tuple(findings)


def located_refusal(refused: Refused, document: XmlDocument | None) -> Refused:
    """The refusal with its findings' places."""
    return Refused(located(refused.findings, document), refused.not_checked)
