"""A closed-loop HTTP/1.1 client: so many connections, each with one request on its way at any time.

It shares the machine with what it measures, so it is one thread over prebuilt bytes: some 15 µs a request.
"""

from __future__ import annotations

import selectors
import socket
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What came back: counts by status, latencies in seconds of those that came within the measured time."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: array[float] = field(default_factory=lambda: array("d"))
    first_fault: bytes = b""
    all_answers: int = 0
    """With those outside the measured time."""

    def __iadd__(self, other: Outcome) -> Outcome:
        self.seconds += other.seconds
        self.statuses += other.statuses
        self.latencies_s.extend(other.latencies_s)
        self.first_fault = self.first_fault or other.first_fault
        self.all_answers += other.all_answers
        return self


class _Connection:
    __slots__ = ("received", "sent_at", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)


def drive(
    address: tuple[str, int], next_request: Callable[[], bytes], *, connections: int, seconds: float, warm_s: float
) -> Outcome:
    """Send `next_request()` on every connection as soon as its last answer came.

    Answers in the first `warm_s` are not counted; `seconds` are measured after that.
    """
    selector = selectors.DefaultSelector()
    opened = [_Connection(address) for _ in range(connections)]
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next_request())
    begins = time.perf_counter() + warm_s
    ends = begins + seconds
    outcome = Outcome(seconds=seconds)
    try:
        _loop(selector, next_request, outcome, begins, ends)
    finally:
        selector.close()
        for connection in opened:
            connection.socket.close()
    return outcome


def _loop(
    selector: selectors.BaseSelector, next_request: Callable[[], bytes], outcome: Outcome, begins: float, ends: float
) -> None:
    now = time.perf_counter()
    while now < ends:
        for key, _ in selector.select(timeout=0.5):
            connection: _Connection = key.data
            received = connection.socket.recv(65536)
            if not received:
                raise ConnectionError("the server closed the connection")
            answer = connection.received = connection.received + received
            if not _is_whole(answer):
                continue
            now = time.perf_counter()
            outcome.all_answers += 1
            if begins <= now < ends:
                _note(outcome, answer, now - connection.sent_at)
            connection.send(next_request())
        now = time.perf_counter()


def _is_whole(answer: bytes) -> bool:
    """Whether all of an answer is there. Raises ConnectionError when it tells no length."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    place = answer.lower().find(b"content-length:", 0, head)
    if place < 0:
        raise ConnectionError(f"an answer without a length: {answer[:200]!r}")
    length = int(answer[place + 15 : answer.find(b"\r", place)])
    return len(answer) >= head + 4 + length


def _note(outcome: Outcome, answer: bytes, latency_s: float) -> None:
    status = int(answer[9:12])
    outcome.statuses[status] += 1
    outcome.latencies_s.append(latency_s)
    if status >= 300 and not outcome.first_fault:
        outcome.first_fault = answer[:2000]
