"""An installation for one measurement: data folder, database, company with a key, servers on free ports."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from onewindow.bootstrap import Platform, platform
from onewindow.cli import logs
from onewindow.cli.processes import Child, start, stop, wait_until_ready
from onewindow.storage.enrolment import Enrolment, fresh_key
from onewindow.storage.queries import query

WITHOUT_DATABASE = "ONEWINDOW_BENCH_WITHOUT_DATABASE"
"""Says `yes` to a server that keeps nothing: `without_database.py` starts on no other word."""
READY_S = 60.0
PROCESS_LETTERS = 12
STOP_S = 15.0
LOG_SEGMENTS = 128
"""Files of 16 MiB: what a minute of lodging or half a minute of batches writes ahead."""
SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


@dataclass(slots=True)
class Installation:
    """A running database, and what was started on it."""

    folder: Path
    platform: Platform
    children: list[Child] = field(default_factory=list)

    def serve(self, *, workers: int, application: str = "") -> tuple[str, int]:
        """Start a server; its address once it is ready."""
        port = free_port()
        arguments = ("serve", f"--application={application}") if application else ("serve",)
        child = start(f"server on {port}", arguments, _environment(self.folder, port, workers))
        self.children.append(child)
        wait_until_ready(child, "127.0.0.1", port, patience_s=READY_S)
        _wait_for_all(port, workers)
        return "127.0.0.1", port

    def follow(self, follower: str) -> None:
        """Start one follower in a process of its own."""
        arguments = ("follow", f"--only={follower}")
        self.children.append(start(follower, arguments, _environment(self.folder, free_port(), 1)))

    def stop_children(self) -> None:
        """Stop what was started; the database goes on."""
        stop(self.children, patience_s=STOP_S)
        self.children.clear()

    def traders(self, many: int) -> list[str]:
        """Keys of as many companies; each has a lane of its own choosing, as traders have."""
        return [self.key(f"company:bench-{number}", ("trader",)) for number in range(many)]

    def key(self, party: str, roles: tuple[str, ...]) -> str:
        """A fresh key that speaks for `party`."""
        key = fresh_key()
        with psycopg.connect(self.platform.owner_dsn) as connection:
            Enrolment(connection).key(key, party, roles, label="bench")
        return key

    def postgres(self) -> dict[str, object]:
        """Version and the settings that durability and speed rest on."""
        with psycopg.connect(self.platform.owner_dsn) as connection:
            rows = connection.execute(query("server_settings").encode(), {"names": list(SHOWN)})
            return dict(rows.fetchall())


@contextmanager
def installation() -> Iterator[Installation]:
    """A migrated database in a temporary folder; everything is stopped and removed at the end."""
    logs.configure("warning", "bench")
    folder = Path(tempfile.mkdtemp(prefix="onewindow-bench-"))
    folder.chmod(0o711)
    os.environ.update(_environment(folder, free_port(), 1))
    platform.cache_clear()
    made = Installation(folder, platform())
    try:
        with made.platform.database_running():
            made.platform.migrate()
            _age(made.platform.owner_dsn)
            try:
                yield made
            finally:
                made.stop_children()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _age(owner_dsn: str) -> None:
    """Make the write-ahead log what it is after the first minutes of service: files that are used again.

    A new database makes each file of 16 MiB when it is needed, and all writers wait some 70 ms for it; after the first
    checkpoints of a busy server this does not happen any more (PostgreSQL, `wal_recycle`).
    """
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        for _ in range(LOG_SEGMENTS):
            connection.execute(query("next_log_segment").encode())
        connection.execute(query("checkpoint").encode())


def _wait_for_all(port: int, workers: int) -> None:
    """Until every server process has answered once: each begins its request ids with letters of its own."""
    seen: set[str] = set()
    until = time.monotonic() + READY_S
    while len(seen) < workers and time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health/ready")
        seen.add(connection.getresponse().headers["x-request-id"][:PROCESS_LETTERS])
        connection.close()
        time.sleep(0.02)


def _environment(folder: Path, port: int, workers: int) -> dict[str, str]:
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(workers),
        "LOG_LEVEL": "warning",
        "ONEWINDOW_DEMO": "",
    }


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
