"""Stands between a driver and its database, and can say to the driver what a server says when it shuts down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
FAREWELL = b"E" + (len(FIELDS) + 4).to_bytes(4, "big") + FIELDS
"""An ErrorResponse (PostgreSQL's protocol, 3.0) of a session that is ended from outside."""


class Between:
    """Passes everything on, both ways."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._drivers: list[socket.socket] = []
        self._servers: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listening.getsockname()[1]
        self._start(self._accept)

    def say_farewell(self) -> None:
        """Every driver hears that its session is over; nobody hangs up yet."""
        for driver in self._drivers:
            with suppress(OSError):
                driver.sendall(FAREWELL)

    def close(self) -> None:
        """No driver comes in any more, and those who came are hung up on."""
        for end in (self._listening, *self._drivers, *self._servers):
            _hang_up(end)
        for thread in self._threads:
            thread.join()
        for end in (self._listening, *self._drivers, *self._servers):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                driver, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._drivers.append(driver)
                self._servers.append(server)
                self._start(_pass_on, driver, server)
                self._start(_pass_on, server, driver)

    def _start(self, work: Callable[..., None], *ends: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=ends, daemon=True))
        self._threads[-1].start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    _hang_up(source)
    _hang_up(target)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def standing_between(port: int) -> Iterator[Between]:
    """Stands before the server on `port` for as long as the block lasts."""
    between = Between(port)
    try:
        yield between
    finally:
        between.close()
