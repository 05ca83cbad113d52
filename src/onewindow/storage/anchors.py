"""Anchors: closed ranges of each lane, hashed into a Merkle root, signed, and written to a file outside the database.

Gapless positions and a root in somebody else's hands show a missing submission, a changed event and a cut tail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg.rows import DictRow, dict_row

from onewindow.storage.queries import query
from onewindow.storage.signing import InstallationSigner

FILE = "anchors.ndjson"
MOST_IN_RANGE = 100_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The signed root of the events `first` to `last` of a lane."""

    lane: int
    first: int
    last: int
    at: datetime
    root: bytes
    key_id: str
    signature: bytes

    def message(self) -> bytes:
        """What is signed."""
        at = self.at.astimezone(UTC).isoformat()
        return f"onewindow anchor {self.lane} {self.first} {self.last} {self.root.hex()} {at}".encode()

    def line(self) -> str:
        """The anchor as a line of the file."""
        wire = {"lane": self.lane, "first": self.first, "last": self.last, "at": self.at.astimezone(UTC).isoformat()}
        return json.dumps({**wire, "root": self.root.hex(), "key_id": self.key_id, "signature": self.signature.hex()})


def read_anchors(file: Path) -> Iterator[Anchor]:
    """The anchors of a file. Raises ValueError with the line that is none."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                wire = json.loads(line)
                yield Anchor(
                    lane=int(wire["lane"]),
                    first=int(wire["first"]),
                    last=int(wire["last"]),
                    at=datetime.fromisoformat(wire["at"]),
                    root=bytes.fromhex(wire["root"]),
                    key_id=str(wire["key_id"]),
                    signature=bytes.fromhex(wire["signature"]),
                )
            except (ValueError, KeyError, TypeError) as fault:
                raise ValueError(f"{file}, line {number}: this is no anchor ({fault})") from fault


def merkle_root(links: Iterable[tuple[int, bytes]]) -> bytes:
    """Root over (position, event hash); leaves and nodes are marked apart, an odd node moves up as it is."""
    level = [sha256(b"\0" + pos.to_bytes(8, "big") + link).digest() for pos, link in links]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
        level = above + level[len(above) * 2 :]
    return level[0] if level else b""


def anchor_lanes(dsn: str, file: Path, signer: InstallationSigner, *, least: int = 1) -> int:
    """Anchor what is new in each lane with at least `least` new events, as `follower`; how many anchors were made.

    The file is written and flushed to disk before the database learns of it: a crash between leaves a line too many,
    never one too few.
    """
    made = 0
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        for row in connection.execute(query("lanes_to_anchor").encode(), {"least": least}).fetchall():
            for first in range(row["first"], row["last"] + 1, MOST_IN_RANGE):
                last = min(row["last"], first + MOST_IN_RANGE - 1)
                _append(file, anchor := _anchor(connection, row["lane"], first, last, signer))
                values = {name: getattr(anchor, name) for name in Anchor.__dataclass_fields__}
                connection.execute(query("keep_anchor").encode(), values)
                connection.commit()
                made += 1
    return made


def _anchor(
    connection: psycopg.Connection[DictRow], lane: int, first: int, last: int, signer: InstallationSigner
) -> Anchor:
    root = root_of(connection, lane, first, last)
    unsigned = Anchor(lane, first, last, datetime.now(UTC), root, signer.key_id, b"")
    key_id, signature = signer.sign(unsigned.message())
    return Anchor(lane, first, last, unsigned.at, root, key_id, signature)


def root_of(connection: psycopg.Connection[DictRow], lane: int, first: int, last: int) -> bytes:
    """The root of a range as the database has it now."""
    rows = connection.execute(query("links_of_range").encode(), {"lane": lane, "first": first, "last": last})
    return merkle_root((row["pos"], row["hash"]) for row in rows)


def _append(file: Path, anchor: Anchor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(anchor.line() + "\n")
        lines.flush()
        os.fsync(lines.fileno())
