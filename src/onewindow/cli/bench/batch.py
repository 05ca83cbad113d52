"""`bench batch`: NDJSON batches over HTTP, durable, against COPY alone of the same bytes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection

import psycopg

from onewindow.cli.bench.declarations import SERVICE, numbered, variants
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.installation import Installation, installation
from onewindow.cli.bench.processor_time import processor_time
from onewindow.cli.bench.space import YEAR, space_of
from onewindow.cli.day import today

LINES = 2_000
CONNECTIONS = 12
SECONDS = 30.0
WARM_S = 3.0
COPY_SECONDS = 6.0
READ_BYTES = 65_536
WORKERS = 2
"""Each judges its own batches."""


class Unanswered(Exception):
    """A line came back without a receipt; the figure would be worthless."""


@dataclass(slots=True)
class Load:
    """What the senders have in common. `counted` receipts came within the measured time."""

    address: tuple[str, int]
    documents: Callable[[], bytes]
    begins: float
    ends: float
    counted: int = 0
    batches: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answers: int) -> None:
        """Count answers that came now, if now is in the measured time."""
        if self.begins <= time.perf_counter() < self.ends:
            with self.lock:
                self.counted += answers


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Several connections, each with one batch on its way; then COPY of the same bytes on one connection."""
    with installation() as place:
        address = place.serve(workers=workers)
        before = processor_time(place)
        load = send(place, address, seconds or SECONDS)
        spent = (processor_time(place) - before).each(load.batches * LINES)
        rate = load.counted / (load.ends - load.begins)
        details = {**spent, **place.postgres(), **space_of(place)}
        place.stop_children()
        copied = _copy_alone(place)
    return Figure("batch", rate, "documents/s", rate / copied, {
        **details,
        "seconds": load.ends - load.begins,
        "server_processes": workers,
        "connections": CONNECTIONS,
        "lines_a_batch": LINES,
        "batches": load.batches,
        "ratio_to": "COPY of the same bytes into a table with a key, one connection, durable",
        "copy_alone_per_s": round(copied),
        "year_of_94_million_minutes": round(YEAR / rate / 60, 1),
    })  # fmt: skip


def send(place: Installation, address: tuple[str, int], seconds: float) -> Load:
    """Send batches for `seconds` after warming up. Raises Unanswered."""
    begins = time.perf_counter() + WARM_S
    documents = numbered(variants(place.platform.registry, today()), "BTCH")
    load = Load(address, documents, begins, begins + seconds)
    senders = [threading.Thread(target=_send, args=(load, key)) for key in place.traders(CONNECTIONS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    if load.faults:
        raise Unanswered(load.faults[0])
    return load


def _send(load: Load, key: str) -> None:
    connection = HTTPConnection(*load.address, timeout=120)
    try:
        while time.perf_counter() < load.ends and not load.faults:
            _send_one(load, key, connection)
    except OSError as error:
        load.faults.append(str(error))
    finally:
        connection.close()


def _send_one(load: Load, key: str, connection: HTTPConnection) -> None:
    with load.lock:
        body = b"\n".join([load.documents() for _ in range(LINES)])
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/x-ndjson",
        "Idempotency-Key": sha256(os.urandom(16)).hexdigest(),
    }
    connection.request("POST", f"/api/v1/services/{SERVICE}/batches", body, headers)
    response = connection.getresponse()
    answer = bytearray()
    while piece := response.read1(READ_BYTES):
        answer += piece
        # Every line is an answer; whether all of them are receipts is seen at the end.
        load.note(piece.count(b"\n"))
    receipts = answer.count(b'"receipt"')
    if receipts != LINES:
        load.faults.append(f"{response.status}: {receipts} receipts, {answer[:400].decode(errors='replace')}")
        return
    with load.lock:
        load.batches += 1


def _copy_alone(place: Installation) -> float:
    """Rows a second: the documents as they came, 2,000 a transaction, into a table with a primary key."""
    documents = numbered(variants(place.platform.registry, today()), "COPY")
    bodies = [documents() for _ in range(LINES)]
    with psycopg.connect(place.platform.owner_dsn) as connection:
        connection.execute(b"CREATE TABLE bench_copy (batch int, line int, body bytea, PRIMARY KEY (batch, line))")
        connection.commit()
        began, batch = time.perf_counter(), 0
        while time.perf_counter() < began + COPY_SECONDS:
            _copy_batch(connection, batch, bodies)
            batch += 1
        return batch * LINES / (time.perf_counter() - began)


def _copy_batch(connection: psycopg.Connection, batch: int, bodies: list[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(b"COPY bench_copy FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "int4", "bytea"])
        for line, body in enumerate(bodies):
            copy.write_row((batch, line, body))
    connection.commit()


__all__ = ["Load", "Unanswered", "measure", "send"]
