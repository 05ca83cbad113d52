"""Scans uploaded files with clamd (its INSTREAM command). Without a scanner they stay visibly unscanned."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import structlog

from onewindow.followers.follow import Connection
from onewindow.kernel.lane import LANES
from onewindow.storage.queries import query

_CHUNK_BYTES = 65_536
_TIMEOUT_SECONDS = 60.0
_ANSWER_MOST_BYTES = 4_096
_AT_ONCE = 5

log = structlog.get_logger(__name__)


class ScannerError(OSError):
    """The scanner does not say whether the file is clean; it stays in quarantine."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A scanner at `HOST:PORT` or at the path of its socket."""

    address: str

    def scan(self, content: bytes) -> Literal["clean", "infected"]:
        """The verdict on a file. Raises ScannerError and OSError when there is none."""
        with self._connection() as connection:
            connection.settimeout(_TIMEOUT_SECONDS)
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK_BYTES):
                chunk = content[start : start + _CHUNK_BYTES]
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            return _verdict(_answer(connection))

    def _connection(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.connect(self.address)
            return connection
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_SECONDS)


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _ANSWER_MOST_BYTES:
        part = connection.recv(1024)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("ascii", "replace")


def _verdict(answer: str) -> Literal["clean", "infected"]:
    if answer == "stream: OK":
        return "clean"
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return "infected"
    raise ScannerError(f"clamd says: {answer or 'nothing'}")


@dataclass(slots=True)
class ScanFollower:
    """Scans what waits in quarantine, lane by lane."""

    scanner: Clamd | None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def tick(self, connection: Connection) -> bool:
        """One round over the lanes; True when a file was scanned. Raises OSError when the scanner is away."""
        if self.scanner is None:
            return False
        return sum(self._lane(connection, lane, self.scanner) for lane in LANES) > 0

    def _lane(self, connection: Connection, lane: int, scanner: Clamd) -> bool:
        found = connection.execute(query("scan_next"), {"lane": lane, "many": _AT_ONCE}).fetchall()
        scanned = False
        for attachment, content in found:
            try:
                scan = scanner.scan(bytes(content))
            except ScannerError as fault:
                log.warning("file_not_scanned", attachment=str(attachment), fault=str(fault))
                continue
            place = {"lane": lane, "id": attachment, "scan": scan, "at": self.clock()}
            connection.execute(query("scan_done"), place)
            scanned = True
        return scanned
