"""One client's connection: uvicorn's, with an end to the patience and memory that a client may take.

A client that sends nothing, or a head, a trailer or a chunk's length without end, is hung up on.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE_S: Final = 60.0
"""How long a client may pause in the middle of a call, or before its first one."""
BETWEEN_CALLS_S: Final = 75
"""How long a connection may rest: longer than the proxies before it hold theirs, so that they close first."""
FRAMING_MOST: Final = 64 * 1024
"""Bytes that bring neither the end of a head nor any of a body."""
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class Connection(HttpToolsProtocol):
    """Parses calls and writes answers on the event loop itself: no document changes threads on its way."""

    _framing = 0
    _within_call = True
    _impatience: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """A client is there; its first call is awaited."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; hang up when what came is no progress."""
        self._framing += len(data)
        super().data_received(data)
        if self._framing > FRAMING_MOST:
            self._refuse()
        elif self._within_call:
            self._stop_waiting()
            self._wait()
        elif self._impatience is not None:
            self._stop_waiting()

    def on_message_begin(self) -> None:
        """The first bytes of a call."""
        self._within_call = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._framing = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self._framing = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The call is whole."""
        self._framing = 0
        self._within_call = False
        super().on_message_complete()

    def _refuse(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _wait(self) -> None:
        self._impatience = self.loop.call_later(PATIENCE_S, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _lose_patience(self) -> None:
        if self.flow.read_paused:
            # It is we who do not read on.
            self._wait()
        else:
            self.transport.close()
