"""One client's connection: uvicorn's, with an end to the patience and memory that a client may take.

A client that sends nothing, or a head, a trailer or a chunk's length without end, is hung up on.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from secrets import token_hex
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from onewindow.api.problem import MEDIA, Problem

PATIENCE_S: Final = 60.0
"""How long a client may pause in the middle of a call, or before its first one."""
BETWEEN_CALLS_S: Final = 75
"""How long a connection may rest: longer than the proxies before it hold theirs, so that they close first."""
FRAMING_MOST: Final = 64 * 1024
"""Bytes that bring neither the end of a head nor any of a body."""

_NO_HTTP: Final = Problem(
    400, "malformed", "This is no valid HTTP/1.1 request. Look at its method, its headers and the lengths it states."
)
_TOO_LARGE: Final = Problem(
    431, "too_large", f"Address and headers are larger than {FRAMING_MOST} bytes. Send less in them, more in the body."
)


class HeadTooLarge(Exception):
    """Nobody needs so long an address or so many headers."""


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
        self._unset_keepalive_if_required()
        self._parse(data)
        if self._framing > FRAMING_MOST:
            self._refuse(_TOO_LARGE)
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
        """The head is whole. Raises HeadTooLarge, which the parser passes on as an invalid request."""
        if self._framing > FRAMING_MOST and _size(self.headers) + len(self.url) > FRAMING_MOST:
            raise HeadTooLarge
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

    def _should_upgrade(self) -> bool:
        """So the parser's word that another protocol begins here is not yet taken for a call."""
        return True

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            if self.parser.get_method() == b"CONNECT":
                self._refuse(_NO_HTTP)
            else:
                self._pass_over_offer(data[offer.args[0] :])
        except HttpParserError:
            self._refuse(_TOO_LARGE if self._framing > FRAMING_MOST else _NO_HTTP)

    def _pass_over_offer(self, rest: bytes) -> None:
        """Go on in HTTP/1.1, as a server may (RFC 9110, 7.8): the parser reads the head again without the offer.

        Java's own client offers HTTP/2 with its first call, the body of which would be lost.
        """
        lines = [b"%b: %b\r\n" % (name, value) for name, value in self.headers if name != b"upgrade"]
        head = b"%b %b HTTP/1.1\r\n%b\r\n" % (self.parser.get_method(), self.url, b"".join(lines))
        self.parser = HttpRequestParser(self)
        self._parse(head + rest)

    def _refuse(self, problem: Problem) -> None:
        """Say why, unless another answer is being sent, and hang up."""
        if self.transport.is_closing():
            return
        is_answering = getattr(self.cycle, "response_started", False) and not self.cycle.response_complete
        if not is_answering:
            self.transport.write(_answer(problem, token_hex(10)))
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


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def _answer(problem: Problem, request_id: str) -> bytes:
    body = problem.body(request_id)
    head = (
        b"content-type: %b\r\nx-request-id: %b\r\nx-content-type-options: nosniff\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n"
    )
    return STATUS_LINE[problem.status] + head % (MEDIA, request_id.encode(), len(body)) + body
