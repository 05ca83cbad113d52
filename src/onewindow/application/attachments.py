"""Use case: a file is uploaded. It lies in quarantine, its owner's alone, until a document or a reply names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

from onewindow.application.refusals import KeyReused, Malformed
from onewindow.kernel.actor import Actor
from onewindow.kernel.identity import id_from_cause

MEDIA: Final = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "text/plain": b"",
    "text/csv": b"",
}
"""What may be uploaded, and how its bytes begin."""
NAME_MOST: Final = 120
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\\/:*?\"<>|]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An uploaded file. `scan` is `unscanned`, `clean` or `infected`; `digest` the SHA-256 of its bytes in hex."""

    id: UUID
    name: str
    media: str
    size: int
    digest: str
    scan: str
    at: datetime


class Attachments(Protocol):
    """Where files lie."""

    def keep(self, actor: Actor, file: Attachment, content: bytes) -> Attachment:
        """Keep it, or give the one that has its id already. Raises NotDurable."""
        ...

    def find(self, actor: Actor, identity: UUID, reference: str = "") -> Attachment | None:
        """A file of the actor's own, or one of the submission `reference` that it may see. Raises NotDurable."""
        ...

    def content(self, actor: Actor, identity: UUID, reference: str = "") -> bytes | None:
        """Its bytes, only when it was found clean. Raises NotDurable."""
        ...


def upload(
    files: Attachments, actor: Actor, *, content: bytes, media: str, name: str, key: str, at: datetime
) -> tuple[Attachment, bool]:
    """The kept file, and whether it was kept before under the same key. Raises Malformed, KeyReused, NotDurable."""
    if not content.startswith(MEDIA[media]) or not _is_text_if_said(content, media):
        raise Malformed(f"The bytes are not {media}. Send the file as what it is.")
    digest = sha256(content).hexdigest()
    file = Attachment(
        id=id_from_cause("attachment", actor.party, key),
        name=safe_name(name),
        media=media,
        size=len(content),
        digest=digest,
        scan="unscanned",
        at=at,
    )
    kept = files.keep(actor, file, content)
    if kept.digest != digest:
        raise KeyReused("This Idempotency-Key was used for another file. Use a fresh key for each file.")
    return kept, kept.at != at


def safe_name(name: str) -> str:
    """A name that is no path, hides nothing and fits into a line."""
    plain = _UNSAFE.sub("_", name).strip(". ")
    return plain[-NAME_MOST:] or "file"


def _is_text_if_said(content: bytes, media: str) -> bool:
    if not media.startswith("text/"):
        return True
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
