"""The measuring tools themselves: a figure is only as good as what took it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from onewindow.cli.bench.closed_loop import drive
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.figures import percentile

CREATED = 201


class Counting(BaseHTTPRequestHandler):
    """Answers 201 in two pieces, and remembers every body."""

    protocol_version = "HTTP/1.1"
    seen: list[bytes]

    def do_POST(self) -> None:
        self.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(CREATED)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"ki")
        self.wfile.flush()
        self.wfile.write(b"nd")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Patient(ThreadingHTTPServer):
    """Clients hang up when their time is over; that is no fault."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Counting.seen = []
    running = Patient(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def test_the_client_sends_every_document_once_and_counts_every_answer(server: ThreadingHTTPServer) -> None:
    numbers = count()

    def request() -> bytes:
        body = b"%08d" % next(numbers)
        return b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\n\r\n" + body

    outcome = drive(("127.0.0.1", server.server_port), request, connections=4, seconds=0.4, warm_s=0.1)
    assert set(outcome.statuses) == {CREATED}
    assert outcome.statuses[CREATED] == len(outcome.latencies_s) > 0
    assert len(set(Counting.seen)) == len(Counting.seen) >= outcome.statuses[CREATED]
    assert all(0 < latency < 1 for latency in outcome.latencies_s)


@pytest.mark.parametrize(
    ("samples", "share", "figure"),
    [([], 0.99, 0.0), ([5.0], 0.5, 5.0), (list(range(1, 101)), 0.99, 99), (list(range(1, 101)), 1.0, 100)],
)
def test_a_percentile_is_the_smallest_sample_that_so_many_do_not_exceed(
    samples: list[float], share: float, figure: float
) -> None:
    assert percentile(samples, share) == figure


def test_a_figure_names_its_machine_and_keeps_the_contracts_shape() -> None:
    wire = Figure("check", 30_000.123, "documents/s", 0.5, {"rules": 20}).as_dict()
    assert list(wire) == ["bench", "value", "unit", "ratio", "details"]
    assert wire["value"] == 30_000.12
    details = wire["details"]
    assert isinstance(details, dict)
    assert {"cpu", "cores", "memory_mib", "kernel", "python", "rules"} <= set(details)
