"""A kept document's values, whatever it came as."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from onewindow.channels.wco_xml import read_document
from onewindow.definitions.model import Definition

XML_MEDIA = frozenset({"application/xml", "text/xml"})


def values_of(definition: Definition, body: bytes, media: str) -> Mapping[str, object]:
    """The document as nested builtin values. Raises MalformedDocument for XML that cannot be read."""
    content = read_document(body, definition).json if media in XML_MEDIA else body
    values: dict[str, object] = msgspec.json.decode(content)
    return values
