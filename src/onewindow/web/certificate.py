"""What an issued document says, signed: read from its payload, put into a QR code and out again."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition, Item
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words
from onewindow.storage.issued import Issued
from onewindow.web.forms.reading import Reader
from onewindow.web.registered import chinese_names
from onewindow.web.words_catalogue import words_of

CODE_MOST = 4000
PAYLOAD_MOST = 64_000
SCANNABLE_MOST = 1800
"""Characters a QR code of a hand's width can hold so that a telephone still reads it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The signed content. `fields` are the document's values by dotted path; repeated ones are lists, a value a row."""

    number: str
    service: str
    title: Words
    agency: str
    reference: str
    issued_at: datetime
    valid_until: datetime | None
    fields: Mapping[str, object]
    definition_version: str = ""

    @property
    def definition(self) -> Definition | None:
        """The definition it was issued under; the newest for one that does not name its version."""
        known = platform().catalogue
        return known.version(self.service, self.definition_version) or known.newest.get(self.service)


def read_payload(payload: bytes) -> Certificate | None:
    """The content of a payload; None when it is none (erased, or not ours)."""
    try:
        wire = json.loads(payload)
        title = wire["title"]
        until = wire.get("valid_until")
        return Certificate(
            number=str(wire["number"]),
            service=str(wire["service"]),
            title=Words(title["en"], title["zh-Hant"], title["zh-Hans"]),
            agency=str(wire["agency"]),
            reference=str(wire["reference"]),
            issued_at=datetime.fromisoformat(wire["issued_at"]),
            valid_until=datetime.fromisoformat(until) if until else None,
            fields=wire["fields"],
            definition_version=str(wire.get("definition_version", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None


def code_of(issued: Issued) -> str:
    """The parameters of the page that verifies it: payload, signature and key, readable without the network."""
    packed = base64.urlsafe_b64encode(zlib.compress(issued.payload, 9)).decode().rstrip("=")
    signature = base64.urlsafe_b64encode(issued.signature).decode().rstrip("=")
    whole = urlencode({"p": packed, "s": signature, "k": issued.key_id})
    return whole if len(whole) <= SCANNABLE_MOST else urlencode({"number": issued.number})


def signed_payload(packed: str, signature: str, key_id: str) -> bytes | None:
    """The payload of a QR code, if this installation signed exactly that; None for anything else."""
    if max(map(len, (packed, signature, key_id))) > CODE_MOST:
        return None
    try:
        inflate = zlib.decompressobj()
        payload = inflate.decompress(_unpadded(packed), PAYLOAD_MOST)
        sign = _unpadded(signature)
    except (ValueError, binascii.Error, zlib.error):
        return None
    return payload if platform().signer.verifies(payload, sign, key_id) else None


def shown_fields(certificate: Certificate, language: str, reader: Actor) -> list[tuple[str, list[str]]]:
    """Label and texts of each field, in the language; as they are when the definition is no longer kept.

    What was signed stays as it was signed. Where it names a registered company in English, a Chinese page says the
    Chinese name in a line of its own below, as the register has it today and as far as `reader` may read the register.
    """
    fields = _signed_fields(certificate, language)
    names = chinese_names(reader, (text for _, texts in fields for text in texts), language)
    return [(label, [line for text in texts for line in _with_name(text, names, language)]) for label, texts in fields]


def _with_name(text: str, names: Mapping[str, str], language: str) -> list[str]:
    name = names.get(text)
    return [text, words_of("licence.registered_name").filled(name=name).of(language)] if name else [text]


def _signed_fields(certificate: Certificate, language: str) -> list[tuple[str, list[str]]]:
    definition = certificate.definition
    if definition is None:
        return [(path, _texts(value, None, None)) for path, value in certificate.fields.items()]
    reader = Reader(definition.root, platform().catalogue.vocabulary.lists, language)
    shown = []
    for path, value in certificate.fields.items():
        item = _item(definition.root, path)
        texts = _texts(value, item, reader)
        if texts:
            shown.append((_label(definition.root, path, language), texts))
    return shown


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _item(root: Item, path: str) -> Item | None:
    at: Item | None = root
    for name in path.split("."):
        at = at.child(name) if at else None
    return at


def _label(root: Item, path: str, language: str) -> str:
    """`Importer: name` for a leaf of a group; its own words alone at the root."""
    parts = path.split(".")
    items = [item for end in range(1, len(parts) + 1) if (item := _item(root, ".".join(parts[:end])))]
    own = items[-1].words.of(language) if items else path
    return f"{items[0].words.of(language)} – {own}" if len(items) > 1 else own


def _texts(value: object, item: Item | None, reader: Reader | None) -> list[str]:
    if value in (None, "", [], {}):
        return []
    if isinstance(value, list):
        return [text for one in value for text in _texts(one, item, reader)]
    if isinstance(value, bool | str | int | float) and item is not None and reader is not None:
        return [reader.text(item, value)]
    return [str(value)]
