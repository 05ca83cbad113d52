"""Recomputes the journal: every submission's chain, every lane's positions, every document and word that is kept.

Reads as the database's owner and believes nothing but the bytes: hashes are computed anew from what is stored.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from onewindow.storage import chain
from onewindow.storage.compression import decompress
from onewindow.storage.queries import query

HEADER_BYTES = 19
TRAILER = b"\xff\xff"
SAID_FIRST = 5
"""The field from which on a row is what its hash covers."""
_length = struct.Struct(">i").unpack_from


@dataclass(frozen=True, slots=True)
class Break:
    """The first place that is not as it must be. `reference` is the submission's, empty where it is the lane's."""

    lane: int
    reference: str
    place: str
    what: str

    def __str__(self) -> str:
        whose = f"submission {self.reference}, " if self.reference else ""
        return f"lane {self.lane}, {whose}{self.place}: {self.what}"


class Link(NamedTuple):
    """One event as its chain sees it."""

    submission: bytes
    seq: int
    pos: int
    hash: bytes
    salt: bytes
    said: bytes


class Verification:
    """One pass over a database. `seen` counts events; `progress` is told of each lane's."""

    def __init__(self, connection: psycopg.Connection, progress: Callable[[int], None]) -> None:
        self._connection = connection
        self._progress = progress
        self.events = 0
        self.submissions = 0

    def first_break(self) -> Break | None:
        """The first thing that is broken or missing; None when all is whole."""
        lanes = self._connection.execute(query("verify_lanes").encode()).fetchall()
        return next((found for lane, head in lanes if (found := self._of_lane(lane, head))), None)

    def _of_lane(self, lane: int, head: int) -> Break | None:
        found = self._positions(lane, head) or self._chains(lane) or self._bodies(lane) or self._details(lane)
        self._progress(head)
        return found

    def _positions(self, lane: int, head: int) -> Break | None:
        row = self._connection.execute(query("verify_positions").encode(), {"lane": lane, "head": head}).fetchone()
        return Break(lane, "", f"position {row[0]}", "the event is missing, or one too many follows") if row else None

    def _chains(self, lane: int) -> Break | None:
        links = self._links(lane)
        link = next(links, None)
        with psycopg.ClientCursor(self._connection) as cursor:
            cursor.row_factory = tuple_row
            for identity, reference, last_seq, last_hash in cursor.stream(
                query("verify_submissions").encode(), {"lane": lane}
            ):
                found, link = _chain(lane, (identity, reference, last_seq, bytes(last_hash)), link, links)
                if found:
                    return found
                self.submissions += 1
                self.events += last_seq
        if link is not None:
            return Break(lane, "", f"position {link.pos}", "its submission is missing")
        return None

    def _links(self, lane: int) -> Iterator[Link]:
        """Over a connection of its own, since the submissions are read at the same time."""
        statement = sql.SQL(query("verify_events")).format(lane=sql.Literal(lane))
        with (
            psycopg.connect(self._connection.info.dsn, password=self._connection.info.password) as connection,
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for number, data in enumerate(copy):
                row = bytes(data)[HEADER_BYTES if number == 0 else 0 :]
                if row and row != TRAILER:
                    yield _link(row)

    def _bodies(self, lane: int) -> Break | None:
        with self._connection.cursor() as cursor:
            for identity, version, frame, dictionary, digest in cursor.stream(
                query("verify_bodies").encode(), {"lane": lane}
            ):
                if digest is None or sha256(_raw(frame, dictionary)).digest() != bytes(digest):
                    return Break(lane, str(identity), f"document of version {version}", "is not the one lodged")
        return None

    def _details(self, lane: int) -> Break | None:
        with self._connection.cursor() as cursor:
            for identity, seq, salt, words, digest in cursor.stream(query("verify_details").encode(), {"lane": lane}):
                if digest is None or chain.words_digest(bytes(salt), bytes(words)) != bytes(digest):
                    return Break(lane, str(identity), f"words of event {seq}", "are not those that were written")
        return None


def _chain(
    lane: int, end: tuple[UUID, str, int, bytes], link: Link | None, links: Iterator[Link]
) -> tuple[Break | None, Link | None]:
    """Follow one submission's events to the end it states; what is found, and the next submission's first event."""
    identity, reference, last_seq, last_hash = end
    previous, seq = chain.FIRST, 0
    while link is not None and link.submission == identity.bytes:
        seq += 1
        if link.seq != seq:
            return Break(lane, reference, f"event {seq}", "is missing"), link
        if link.hash != chain.event_hash(link.submission, seq, previous, sha256(link.salt + link.said).digest()):
            return Break(
                lane, reference, f"event {seq} at position {link.pos}", "was changed after it was written"
            ), link
        previous = link.hash
        link = next(links, None)
    if (seq, previous) != (last_seq, last_hash):
        return Break(lane, reference, f"event {seq + 1}", "is missing, or the submission's own mark was changed"), link
    return None, link


def _link(row: bytes) -> Link:
    fields: list[bytes] = []
    place = 2
    for _ in range(SAID_FIRST):
        size = _length(row, place)[0]
        fields.append(row[place + 4 : place + 4 + size])
        place += 4 + size
    submission, seq, pos, digest, salt = fields
    return Link(submission, int.from_bytes(seq, "big"), int.from_bytes(pos, "big"), digest, salt, row[place:])


def _raw(frame: bytes, dictionary: int) -> bytes:
    try:
        return decompress(bytes(frame), dictionary)
    except ValueError:
        return b""
