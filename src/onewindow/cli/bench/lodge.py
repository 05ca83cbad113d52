"""`bench lodge`: one document a request, durable before the answer, against the same server without a database call."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256

from onewindow.cli.bench.closed_loop import Outcome, drive
from onewindow.cli.bench.declarations import SERVICE, numbered, variants
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.figures import percentile
from onewindow.cli.bench.installation import WITHOUT_DATABASE, Installation, installation
from onewindow.cli.bench.processor_time import processor_time
from onewindow.cli.bench.space import space_of
from onewindow.cli.day import today

CONNECTIONS = 64
SECONDS = 60.0
WARM_S = 5.0
FLOOR_SECONDS_LEAST = 20.0


class Unanswered(Exception):
    """The server answered with something else than receipts; the figure would be worthless."""


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Closed loop over 64 connections; the floor afterwards, in the same conditions."""
    seconds = seconds or SECONDS
    with installation() as place:
        keys = place.traders(CONNECTIONS)
        templates = variants(place.platform.registry, today())
        kept, spent = _run(place, keys, numbered(templates, "KEPT"), workers, seconds, "")
        details = {**spent, **place.postgres(), **space_of(place)}
        os.environ[WITHOUT_DATABASE] = "yes"
        application = "onewindow.cli.bench.without_database:application"
        floor_s = max(seconds / 3, min(seconds, FLOOR_SECONDS_LEAST))
        floor, floor_spent = _run(place, keys, numbered(templates, "NONE"), workers, floor_s, application)
    rate, without = kept.statuses[201] / kept.seconds, floor.statuses[201] / floor.seconds
    return Figure("lodge", rate, "requests/s", rate / without, {**_latencies(kept), **details} | {
        "seconds": seconds,
        "connections": CONNECTIONS,
        "lodgers": CONNECTIONS,
        "server_processes": workers,
        "client": "own closed loop, one thread, distinct documents and keys",
        "ratio_to": "the same server without its database call",
        "without_database_per_s": round(without),
        "without_database_p99_ms": _latencies(floor)["p99_ms"],
        "without_database_server_cpu_us": floor_spent["server_cpu_us"],
        "year_of_94_million_hours": round(94e6 / rate / 3600, 1),
    })  # fmt: skip


def _run(
    place: Installation, keys: list[str], documents: Callable[[], bytes], workers: int, seconds: float, application: str
) -> tuple[Outcome, dict[str, float]]:
    address = place.serve(workers=workers, application=application)
    before = processor_time(place)
    outcome = drive(
        address, _requests(address, keys, documents), connections=CONNECTIONS, seconds=seconds, warm_s=WARM_S
    )
    spent = processor_time(place).since(before, outcome.all_answers)
    place.stop_children()
    if set(outcome.statuses) != {201}:
        raise Unanswered(f"{dict(outcome.statuses)}: {outcome.first_fault.decode(errors='replace')}")
    return outcome, spent


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
