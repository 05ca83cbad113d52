"""Which service a document names: `$service` in JSON, root element and type code in XML."""

from __future__ import annotations

import msgspec

from onewindow.bootstrap import Platform
from onewindow.cli.documents import XML, Document


class _Named(msgspec.Struct):
    service: str = msgspec.field(name="$service", default="")


_DECODER = msgspec.json.Decoder(_Named)


def service_of(document: Document, platform: Platform) -> str:
    """The id the document names; empty when it names none or cannot be read that far."""
    if document.media == XML:
        return platform.channel.service_of(document.body)
    try:
        return _DECODER.decode(document.body).service
    except msgspec.MsgspecError:
        return ""
