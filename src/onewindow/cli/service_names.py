"""Which service a document names: `$service` in JSON, root element and type code in XML."""

from __future__ import annotations

import msgspec

from onewindow.bootstrap import Platform
from onewindow.cli.documents import XML, Document
from onewindow.engine.checking.json_guard import guard


class _Named(msgspec.Struct):
    service: str = msgspec.field(name="$service", default="")


_DECODER = msgspec.json.Decoder(_Named)


def service_named_by(document: Document, platform: Platform) -> str:
    """The id the document names; empty for none. Raises MalformedDocument."""
    if document.media == XML:
        from onewindow.channels.wco_xml import service_named

        return service_named(document.body, platform.catalogue.definitions)
    try:
        return _DECODER.decode(document.body).service
    except msgspec.MsgspecError:
        guard(document.body)
        return ""
