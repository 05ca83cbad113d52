"""`bench lodge`: one document a request, durable before the answer, against the same server without a database call."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from onewindow.cli.bench.closed_loop import Outcome, drive
from onewindow.cli.bench.declarations import SERVICE, numbered, variants
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.figures import percentile
from onewindow.cli.bench.installation import WITHOUT_DATABASE, Installation, installation
from onewindow.cli.bench.processor_time import ProcessorTime, processor_time
from onewindow.cli.bench.space import space_of
from onewindow.cli.day import today

CONNECTIONS = 64
SECONDS = 60.0
TURNS = 6
"""The two servers take turns, so that whatever else the machine does meets both."""
WARM_S = 2.0
FLOOR_SHARE = 0.5
"""How long the server without a database is measured, of the time of the other."""
WORKERS = 1
"""One process: it leaves a core of two to the database, whose groups are then larger."""


class Unanswered(Exception):
    """The server answered with something else than receipts; the figure would be worthless."""


@dataclass(slots=True)
class _Side:
    """One of the two servers, and what was seen of it so far."""

    place: Installation
    address: tuple[str, int]
    next_request: Callable[[], bytes]
    seen: Outcome = field(default_factory=Outcome)
    spent: ProcessorTime = field(default_factory=ProcessorTime)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.seen.statuses[201] / self.seen.seconds

    def drive(self, seconds: float) -> None:
        """One turn. Raises Unanswered."""
        before = processor_time(self.place)
        outcome = drive(self.address, self.next_request, connections=CONNECTIONS, seconds=seconds, warm_s=WARM_S)
        self.spent += processor_time(self.place) - before
        if set(outcome.statuses) != {201}:
            raise Unanswered(f"{dict(outcome.statuses)}: {outcome.first_fault.decode(errors='replace')}")
        self.seen += outcome


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Closed loop over 64 connections, in turns with the same server that keeps nothing."""
    seconds = seconds or SECONDS
    with installation() as place:
        kept, floor = _sides(place, workers)
        for _ in range(TURNS):
            kept.drive(seconds / TURNS)
            floor.drive(seconds / TURNS * FLOOR_SHARE)
        details = {**kept.spent.each(kept.seen.all_answers), **place.postgres(), **space_of(place)}
    return Figure("lodge", kept.rate, "requests/s", kept.rate / floor.rate, {**_latencies(kept.seen), **details} | {
        "seconds": kept.seen.seconds,
        "turns": TURNS,
        "connections": CONNECTIONS,
        "lodgers": CONNECTIONS,
        "server_processes": workers,
        "client": "own closed loop, one thread, distinct documents and keys",
        "ratio_to": "the same server without its database call, in turns with it",
        "without_database_per_s": round(floor.rate),
        "without_database_p99_ms": _latencies(floor.seen)["p99_ms"],
        "without_database_server_cpu_us": floor.spent.each(floor.seen.all_answers)["server_cpu_us"],
        "year_of_94_million_hours": round(94e6 / kept.rate / 3600, 1),
    })  # fmt: skip


def _sides(place: Installation, workers: int) -> tuple[_Side, _Side]:
    """The server as it is, and the one without a database."""
    keys = place.traders(CONNECTIONS)
    templates = variants(place.platform.registry, today())
    sides = []
    for prefix, application in (("KEPT", ""), ("NONE", "onewindow.cli.bench.without_database:application")):
        if application:
            os.environ[WITHOUT_DATABASE] = "yes"
        address = place.serve(workers=workers, application=application)
        sides.append(_Side(place, address, _requests(address, keys, numbered(templates, prefix))))
    return sides[0], sides[1]


def _requests(address: tuple[str, int], keys: list[str], documents: Callable[[], bytes]) -> Callable[[], bytes]:
    """Request after request, from one trader after the other."""
    heads = [
        (
            f"POST /api/v1/services/{SERVICE}/submissions HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nIdempotency-Key: "
        ).encode()
        for key in keys
    ]
    run = sha256(os.urandom(16)).hexdigest()[:8].encode()
    sent = 0

    def one() -> bytes:
        nonlocal sent
        sent += 1
        body = documents()
        return b"%b%b-%012d\r\nContent-Length: %d\r\n\r\n%b" % (heads[sent % len(heads)], run, sent, len(body), body)

    return one


def _latencies(outcome: Outcome) -> dict[str, float]:
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "p999_ms": 0.999}
    return {name: round(percentile(outcome.latencies_s, share) * 1000, 1) for name, share in shares.items()}


__all__ = ["Unanswered", "measure"]
