"""`bench follow`: events a second from the journal to tasks, while batches run."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psycopg

from onewindow.cli.bench.batch import CONNECTIONS, LINES, send
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.installation import Installation, installation
from onewindow.storage.queries import query

FOLLOWER = "worklist"
SECONDS = 30.0
LOOK_EVERY_S = 0.2
PATIENCE_S = 120.0


class FellBehind(Exception):
    """The follower did not come to the end of the journal."""


@dataclass(slots=True)
class Reading:
    """How far the follower was, by time."""

    samples: list[tuple[float, int, int]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def read_at(self, moment: float) -> int:
        """Events read at `moment` (monotonic seconds), by the last look before it."""
        return max((read for at, read, _ in self.samples if at <= moment), default=0)


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Batches and followers together; then how long the followers need to the journal's end."""
    with installation() as place:
        address = place.serve(workers=workers)
        place.follow()
        reading = Reading()
        looker = threading.Thread(target=_look, args=(place, reading))
        looker.start()
        try:
            load = send(place, address, seconds or SECONDS)
            lag_s = _catch_up(place)
        finally:
            reading.done.set()
            looker.join()
        events = reading.read_at(load.ends) - reading.read_at(load.begins)
        rate = events / (load.ends - load.begins)
        details = {"lag_s": round(lag_s, 2), **place.postgres()}
        batches = load.counted / (load.ends - load.begins)
    return Figure("follow", rate, "events/s", rate / batches, {
        **details,
        "ratio_to": "documents lodged a second at the same time",
        "documents_per_s": round(batches),
        "follower": FOLLOWER,
        "seconds": load.ends - load.begins,
        "server_processes": workers,
        "connections": CONNECTIONS,
        "lines_a_batch": LINES,
    })  # fmt: skip


def _look(place: Installation, reading: Reading) -> None:
    with psycopg.connect(place.platform.owner_dsn, autocommit=True) as connection:
        while not reading.done.wait(LOOK_EVERY_S):
            read, head = _followed(connection)
            reading.samples.append((time.perf_counter(), read, head))


def _catch_up(place: Installation) -> float:
    """Seconds until the follower has read everything. Raises FellBehind."""
    began = time.perf_counter()
    with psycopg.connect(place.platform.owner_dsn, autocommit=True) as connection:
        read, head = _followed(connection)
        while read < head and time.perf_counter() - began < PATIENCE_S:
            time.sleep(0.05)
            read, head = _followed(connection)
    if read >= head:
        return time.perf_counter() - began
    raise FellBehind(f"{FOLLOWER} read {read} of {head} events {PATIENCE_S:.0f} s after the last batch")


def _followed(connection: psycopg.Connection) -> tuple[int, int]:
    row = connection.execute(query("followed").encode(), {"follower": FOLLOWER}).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
