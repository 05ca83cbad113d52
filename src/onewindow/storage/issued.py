"""Licences and certificates as they were signed, read under row-level security."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from onewindow.application.ports import Submission
from onewindow.kernel.actor import Actor
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued document: `payload` is the JSON that was signed (Ed25519), `key_id` says with which key."""

    number: str
    service: str
    key_id: str
    payload: bytes
    signature: bytes
    issued_at: datetime
    revoked_at: datetime | None


class PostgresIssued:
    """Issued documents of submissions that an actor may see."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of(self, actor: Actor, submission: Submission) -> list[Issued]:
        """All of a submission's, the newest first. Raises NotDurable."""
        place = {"lane": submission.lane, "submission": submission.id}
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("list_issued").encode(), place).fetchall()
        return [Issued(**row) for row in rows]
