"""The lines of a batch, cut from its stream while it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from onewindow.api.intake import ClientGone
from onewindow.api.problem import Problem

LINES_MOST: Final = 10_000
LINE_BYTES_MOST: Final = 8 * 1024 * 1024
SLICE_LINES: Final = 250
"""Lines judged at one go: some milliseconds, in which the loop serves nobody else."""
_SLICE_BYTES: Final = 1024 * 1024
_AHEAD_BYTES: Final = 8 * 1024 * 1024
_PAUSE_S: Final = 0.02


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line. `fault` says why there is no document in it; the index counts from 0."""

    index: int
    body: bytes
    fault: str = ""


class Lines:
    """Reads ahead of whoever takes the slices, but not far, unless the taker is stuck in sending.

    A client that sends everything before it reads anything would otherwise wait for us as we wait for it.
    """

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._pieces: list[bytes] = []
        self._line_bytes = 0
        self._count = 0
        self._ready: list[Line] = []
        self._waiting_bytes = 0
        self._ended = False
        self._sending = False
        self.failure: Problem | ClientGone | None = None
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def take(self) -> list[Line]:
        """The next lines, a slice at most; empty at the end, when `failure` says whether the stream broke off."""
        while not self._enough() and not self._ended:
            self._arrived.clear()
            if not await self._more() and self._ready:
                break
        taken, size = 0, 0
        while taken < min(len(self._ready), SLICE_LINES) and size < _SLICE_BYTES:
            size += len(self._ready[taken].body)
            taken += 1
        lines, self._ready = self._ready[:taken], self._ready[taken:]
        self._waiting_bytes -= size
        self._room.set()
        return lines

    def sending(self, now: bool) -> None:
        """The taker is about to send, which lasts as long as the client does not read."""
        self._sending = now
        self._room.set()

    def stop(self) -> None:
        """Nobody takes any more."""
        self._reader.cancel()

    @property
    def index(self) -> int:
        """The index of the line after the last one."""
        return self._count

    async def _more(self) -> bool:
        """Wait for what arrives next; a client that pauses gets its answers meanwhile."""
        if not self._ready:
            return await self._arrived.wait()
        try:
            async with asyncio.timeout(_PAUSE_S):
                return await self._arrived.wait()
        except TimeoutError:
            return False

    def _enough(self) -> bool:
        return len(self._ready) >= SLICE_LINES or self._waiting_bytes >= _SLICE_BYTES

    async def _read(self) -> None:
        try:
            async for piece in self._stream:
                self._cut(piece)
                self._arrived.set()
                while self._waiting_bytes > _AHEAD_BYTES and not self._sending:
                    self._room.clear()
                    await self._room.wait()
            if self._line_bytes:
                self._end_line()
        except (Problem, ClientGone) as failure:
            self.failure = failure
        self._ended = True
        self._arrived.set()

    def _cut(self, piece: bytes) -> None:
        first, *others = piece.split(b"\n")
        self._add(first)
        for text in others:
            self._end_line()
            self._add(text)

    def _add(self, text: bytes) -> None:
        self._line_bytes += len(text)
        if self._line_bytes <= LINE_BYTES_MOST:
            self._pieces.append(text)
        else:
            self._pieces.clear()

    def _end_line(self) -> None:
        body = (self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)).strip(b" \t\r")
        fault = ""
        if self._line_bytes > LINE_BYTES_MOST:
            fault = f"a line has at most {LINE_BYTES_MOST} bytes: lodge this document alone, or in parts"
        elif self._count >= LINES_MOST:
            fault, body = f"a batch has at most {LINES_MOST} lines: send the others in another one", b""
        elif not body:
            fault = "the line is empty: send one document a line"
        self._ready.append(Line(self._count, body, fault))
        self._waiting_bytes += len(body)
        self._count += 1
        self._line_bytes = 0
        self._pieces.clear()
