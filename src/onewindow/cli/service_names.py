"""Which service a document names: `$service` in JSON, root element and type code in XML."""

from __future__ import annotations

import re

import msgspec

from onewindow.bootstrap import Platform
from onewindow.cli.documents import XML, Document
from onewindow.engine.json_guard import guard

_NAME = rb'"\$service"\s*:\s*"[^"\\]*"'
_MEMBER = re.compile(_NAME + rb"\s*,|,\s*" + _NAME + rb"|" + _NAME)


class _Named(msgspec.Struct):
    service: str = msgspec.field(name="$service", default="")


_DECODER = msgspec.json.Decoder(_Named)


def read_name(document: Document, platform: Platform) -> tuple[str, bytes]:
    """The id the document names (empty for none), and the document without that name. Raises MalformedDocument."""
    if document.media == XML:
        from onewindow.channels.wco_xml import service_named

        return service_named(document.body, platform.catalogue.definitions.values()), document.body
    try:
        service = _DECODER.decode(document.body).service
    except msgspec.MsgspecError:
        guard(document.body)
        return "", document.body
    return service, _MEMBER.sub(b"", document.body, count=1) if service else document.body
