"""Uploaded files: `application.attachments.Attachments` under row-level security."""

from __future__ import annotations

from uuid import UUID

from onewindow.application.attachments import Attachment
from onewindow.kernel.actor import Actor
from onewindow.kernel.lane import lane_of
from onewindow.kernel.reference import lane_of_reference
from onewindow.storage.queries import query
from onewindow.storage.tenant import Connection, Reader


class PostgresAttachments:
    """A file lies in its owner's lane, which is also the lane of the submissions that name it."""

    def __init__(self, reader: Reader, secret: bytes) -> None:
        self._reader = reader
        self._secret = secret

    def keep(self, actor: Actor, file: Attachment, content: bytes) -> Attachment:
        """See `Attachments`."""
        lane = lane_of(actor.party, self._secret)
        values = {
            "lane": lane,
            "id": file.id,
            "owner": actor.party,
            "name": file.name,
            "media": file.media,
            "size": file.size,
            "digest": bytes.fromhex(file.digest),
            "bytes": content,
            "at": file.at,
        }
        with self._reader.seen_by(actor.party) as connection:
            connection.execute(query("keep_attachment").encode(), values)
            return self._found(connection, lane, file.id) or file

    def find(self, actor: Actor, identity: UUID, reference: str = "") -> Attachment | None:
        """See `Attachments`."""
        lane = self._lane(actor, reference)
        if lane is None:
            return None
        with self._reader.seen_by(actor.party) as connection:
            return self._found(connection, lane, identity)

    def content(self, actor: Actor, identity: UUID, reference: str = "") -> bytes | None:
        """See `Attachments`."""
        place = {"lane": self._lane(actor, reference), "id": identity}
        with self._reader.seen_by(actor.party) as connection:
            row = connection.execute(query("read_attachment").encode(), place).fetchone()
        return bytes(row["bytes"]) if row else None

    def _lane(self, actor: Actor, reference: str) -> int | None:
        return lane_of_reference(reference, self._secret) if reference else lane_of(actor.party, self._secret)

    def _found(self, connection: Connection, lane: int, identity: UUID) -> Attachment | None:
        row = connection.execute(query("find_attachment").encode(), {"lane": lane, "id": identity}).fetchone()
        return Attachment(**{**row, "digest": row["digest"].hex()}) if row else None
