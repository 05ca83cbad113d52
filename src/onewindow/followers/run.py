"""Runs every follower, each in a thread with a connection of its own, until told to stop.

Whatever fails (the database is away, one event cannot be read) is said in the log and tried again; the others go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg
import structlog

from onewindow.application.refusals import Refusal
from onewindow.followers.follow import Connection, Follower, begin, behind, connect, step

MOST_IDLE = 4
"""A worker with nothing to do for long looks so many times less often: polling is the truth, but not at any price."""
TROUBLE_SECONDS = 2.0

log = structlog.get_logger(__name__)

Tick = Callable[[], bool]
"""Does what there is to do; True when there may be more."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One thread: `make` gets its connection and gives what it does again and again, `idle_seconds` apart or more."""

    name: str
    make: Callable[[Connection], Tick]
    idle_seconds: float


def lane_worker(make: Callable[[Connection], Follower], name: str, idle_seconds: float = 0.03) -> Worker:
    """A follower of the journal as a worker."""

    def ready(connection: Connection) -> Tick:
        follower = make(connection)
        begin(connection, follower)
        return lambda: _read_all(connection, follower)

    return Worker(name, ready, idle_seconds)


def run_followers(dsn: str, workers: Sequence[Worker], stop: threading.Event) -> None:
    """Run until `stop` is set; then every worker finishes its transaction."""
    threads = [
        threading.Thread(target=_keep_going, args=(dsn, worker, stop), name=worker.name, daemon=True)
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _keep_going(dsn: str, worker: Worker, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with connect(dsn) as connection:
                _tick_on(worker.make(connection), worker.idle_seconds, stop)
        except (psycopg.Error, Refusal, OSError) as fault:
            log.warning("follower_interrupted", follower=worker.name, fault=str(fault))
            stop.wait(TROUBLE_SECONDS)
        except Exception:
            log.exception("follower_failed", follower=worker.name)
            stop.wait(TROUBLE_SECONDS)


def _tick_on(tick: Tick, idle_seconds: float, stop: threading.Event) -> None:
    pause = idle_seconds
    while not stop.is_set():
        if tick():
            pause = idle_seconds
        else:
            stop.wait(pause)
            pause = min(pause * 1.2, idle_seconds * MOST_IDLE)


def _read_all(connection: Connection, follower: Follower) -> bool:
    """One batch of every lane that is behind. A lane that fails holds up no other."""
    read, failure = 0, None
    for lane in behind(connection, follower):
        try:
            read += step(connection, follower, lane)
        except psycopg.OperationalError:
            raise
        except Exception as fault:
            log.exception("lane_failed", follower=follower.name, lane=lane)
            failure = fault
    if failure is not None and not read:
        raise failure
    return read > 0
