"""Claims: an idempotency key or a sender's reference stands for one outcome for ever.

A token is a letter and sixteen bytes of a hash: K for a party's idempotency keys, S for its own references (by service
and mode, so that a trial never answers for the real thing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from onewindow.application.ports import Change, Conflict, Lodge, Receipt

Token = bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as it stands in the database, with what a receipt says of its submission."""

    submission: UUID
    digest: bytes
    version: int
    state: str
    reference: str
    service: str
    definition_version: str
    mode: str
    lodged_at: datetime
    document: bytes
    """SHA-256 of the submission's present document."""


def key_token(owner: str, key: str) -> Token:
    """The claim of a party's idempotency key."""
    return b"K" + sha256(f"{owner}\x1f{key}".encode()).digest()[:16]


def reference_token(command: Lodge) -> Token:
    """The claim of a document's own reference."""
    return sender_token(command.lodger, command.service, command.mode, command.sender_reference)


def sender_token(lodger: str, service: str, mode: str, reference: str) -> Token:
    """The claim of a sender's own reference."""
    return b"S" + sha256(f"{lodger}\x1f{service}\x1f{mode}\x1f{reference}".encode()).digest()[:16]


def tokens_of(command: Lodge | Change) -> list[Token]:
    """What a command claims: its key, then its sender's reference, as far as it has them."""
    if isinstance(command, Change):
        return [key_token(command.owner, command.key)] if command.key else []
    tokens = [key_token(command.lodger, command.key)] if command.key else []
    return [*tokens, reference_token(command)] if command.sender_reference else tokens


def answer(command: Lodge | Change, known: dict[tuple[int, Token], Claimed]) -> Receipt | Conflict | None:
    """The outcome that a claim already settles; None when the command is new."""
    for token in tokens_of(command):
        claimed = known.get((command.lane, token))
        if claimed is None:
            continue
        if token.startswith(b"S"):
            return _receipt(claimed, claimed.digest) if _same(command, claimed) else Conflict("sender_reference_used")
        return (
            _receipt(claimed, _document(command, claimed))
            if _same(command, claimed)
            else Conflict("idempotency_key_reused")
        )
    return None


def answer_key(digest: bytes, claimed: Claimed | None) -> Receipt | Conflict | None:
    """What an idempotency key already stands for, when it is used with `digest` now; None for a fresh one."""
    if claimed is None:
        return None
    return _receipt(claimed, claimed.document) if digest == claimed.digest else Conflict("idempotency_key_reused")


def _same(command: Lodge | Change, claimed: Claimed) -> bool:
    if command.digest != claimed.digest:
        return False
    if isinstance(command, Change):
        return command.submission == claimed.submission
    return (command.service, command.mode) == (claimed.service, claimed.mode)


def _document(command: Lodge | Change, claimed: Claimed) -> bytes:
    return claimed.document if isinstance(command, Change) else claimed.digest


def _receipt(claimed: Claimed, document: bytes) -> Receipt:
    return Receipt(
        reference=claimed.reference,
        service=claimed.service,
        version=claimed.version,
        definition_version=claimed.definition_version,
        state=claimed.state,
        lodged_at=claimed.lodged_at,
        digest=document.hex(),
        repeated=True,
    )
