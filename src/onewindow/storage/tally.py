"""Refused attempts are counted off the hot path: nobody waits for it, and a full queue forgets rather than grows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import structlog

from onewindow.kernel.actor import Party
from onewindow.kernel.identity import new_id
from onewindow.storage.queries import query

MOST_WAITING = 20_000
FLUSH_SECONDS = 1.0

log = structlog.get_logger(__name__)


class PostgresTally:
    """`ports.RefusalTally` on table `refusal`, as `door`. Starts its thread with the first refusal."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._rows: deque[dict[str, object]] = deque()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._forgotten = 0

    def count(self, *, service: str, lodger: Party, mode: str, codes: Sequence[str]) -> None:
        """See `ports.RefusalTally`."""
        if len(self._rows) >= MOST_WAITING:
            self._forgotten += 1
            return
        values = {"service": service, "lodger": lodger, "mode": mode, "codes": list(codes)}
        self._rows.append({"id": new_id(), "at": datetime.now(UTC), **values})
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """Write what waits, as far as the database takes it, and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="refusal-tally", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        rows = list(self._rows)
        if not rows:
            return
        try:
            with psycopg.connect(self._dsn, connect_timeout=3) as connection, connection.cursor() as cursor:
                cursor.executemany(query("count_refusal").encode(), rows)
        except psycopg.Error as fault:
            log.warning("refusals_not_counted_yet", waiting=len(rows), fault=str(fault))
            return
        for _ in rows:
            self._rows.popleft()
        if self._forgotten:
            log.warning("refusals_forgotten", number=self._forgotten)
            self._forgotten = 0
