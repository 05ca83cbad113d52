"""`bench follow`: events a second from the journal to tasks, while batches run.

The follower starts some seconds after the batches, so that it has a backlog and shows how fast it is: one that keeps up
would only show how fast documents come.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psycopg

from onewindow.cli.bench.batch import CONNECTIONS, LINES, WARM_S, Load, send
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.installation import Installation, installation
from onewindow.storage.queries import query

FOLLOWER = "worklist"
SECONDS = 45.0
HEAD_START = 1 / 3
"""Share of the time for which batches run alone."""
LOOK_EVERY_S = 0.1
PATIENCE_S = 120.0
WORKERS = 2
"""As for batches."""


class FellBehind(Exception):
    """The follower did not come to the end of the journal."""


@dataclass(slots=True)
class Reading:
    """How far the follower was, and how far the journal: (moment, read, head)."""

    samples: list[tuple[float, int, int]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def rate(self, ends: float) -> tuple[float, float]:
        """Events a second, and for how many seconds, from its first events until it had caught up or `ends`."""
        behind = [sample for sample in self.samples if sample[1] and sample[0] <= ends]
        caught_up = next((place for place, (_, read, head) in enumerate(behind) if head - read < LINES), len(behind))
        first, last = behind[0], behind[max(1, caught_up) - 1]
        seconds = last[0] - first[0]
        return ((last[1] - first[1]) / seconds if seconds else 0.0), seconds


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Batches all the time; the follower from a third of it on; then how long it needs to the journal's end."""
    seconds = seconds or SECONDS
    with installation() as place:
        address = place.serve(workers=workers)
        reading, loads = Reading(), list[Load]()
        # A child ends with the thread that started it, so the follower is started here and the rest runs beside.
        helpers = [
            threading.Thread(target=_look, args=(place, reading)),
            threading.Thread(target=lambda: loads.append(send(place, address, seconds))),
        ]
        for helper in helpers:
            helper.start()
        time.sleep(WARM_S + seconds * HEAD_START)
        place.follow(FOLLOWER)
        helpers[1].join()
        try:
            lag_s = _catch_up(place)
        finally:
            reading.done.set()
            helpers[0].join()
        [load] = loads
        rate, measured_s = reading.rate(load.ends)
        batches = load.counted / (load.ends - load.begins)
        details = {"lag_s": round(lag_s, 2), **place.postgres()}
    return Figure("follow", rate, "events/s", rate / batches, {
        **details,
        "ratio_to": "documents lodged a second at the same time",
        "documents_per_s": round(batches),
        "follower": FOLLOWER,
        "measured_s": round(measured_s, 1),
        "seconds": seconds,
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
