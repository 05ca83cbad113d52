"""Brings files to the submissions that name them: from then on, whoever sees the submission sees the file.

Only a party's own files follow it: an id that belongs to somebody else attaches nothing.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from onewindow.followers.follow import FILES, Connection, Entry
from onewindow.kernel.lane import LANES
from onewindow.storage.queries import query


class Named(msgspec.Struct, frozen=True):
    """The part of an event's payload that names files, and which side acted."""

    files: tuple[str, ...] = ()
    by: str = "lodger"


_named = msgspec.json.Decoder(Named)


class AttachingFollower:
    """Follows events whose payload names files; writes `attachment`."""

    name = "attaching"
    batch = 5000
    reads = FILES

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:
        """Attach what these events name."""
        for entry in entries:
            named = _named.decode(entry.payload)
            wanted = [found for found in map(_uuid, named.files) if found]
            if wanted:
                self._attach(connection, lane, entry, wanted, named.by)

    def clear(self, connection: Connection) -> None:
        """Nothing: attaching again changes nothing."""

    def _attach(self, connection: Connection, lane: int, entry: Entry, wanted: list[UUID], by: str) -> None:
        owners = {entry.lodger, entry.principal, entry.actor} if by == "lodger" else {by, entry.actor}
        places = {"lanes": list(LANES), "ids": wanted}
        for place, identity, owner, _ in connection.execute(query("attached_files"), places).fetchall():
            if owner in owners:
                statement = "attach_here" if place == lane else "attach_copy"
                values = {"lane": lane, "from": place, "id": identity, "submission": entry.submission}
                connection.execute(query(statement), values)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
