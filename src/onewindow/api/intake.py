"""Reading a call's body: never more than allowed, never longer than allowed, and drained when it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from onewindow.api.exchange import Receive
from onewindow.api.problem import Problem

PATIENCE_S: Final = 60.0
"""How long a client may take between two pieces of a body."""
DRAINED_MOST: Final = 160 * 1024 * 1024
"""So much of a body that is too large is read away, so that the client hears the answer instead of a broken pipe."""


class ClientGone(Exception):
    """The client went away before its call was whole; there is nobody to answer."""


def stated_length(headers: Mapping[bytes, bytes]) -> int | None:
    """Content-Length, or None when the body comes in pieces. Raises Problem 400 when it is no number."""
    written = headers.get(b"content-length")
    if written is None:
        return None
    if not (written.isdigit() and len(written) <= 15):
        raise Problem(400, "malformed", "Content-Length is not a number of bytes.")
    return int(written)


def too_large(most: int) -> Problem:
    """The body is larger than this call takes."""
    words = f"The body is larger than {most} bytes, the most this call takes. Send less at a time."
    return Problem(413, "too_large", words, details={"bytes_most": most})


async def whole(receive: Receive, most: int, stated: int | None = None) -> bytes:
    """The whole body, of `stated` bytes if that is known. Raises Problem 413 as soon as it passes `most` bytes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if len(body) > most:
        raise too_large(most)
    if len(body) == stated and body:
        # The server would only say that nothing follows; asking costs a tenth of the whole call.
        return body
    if message["type"] == "http.request" and not message.get("more_body", False):
        return body
    if message["type"] == "http.disconnect":
        raise ClientGone
    pieces = [body]
    size = len(body)
    async for piece in _rest(receive):
        size += len(piece)
        if size > most:
            raise too_large(most)
        pieces.append(piece)
    return b"".join(pieces)


async def pieces(receive: Receive, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises Problem 413 as soon as it passes `most` bytes."""
    size = 0
    async for piece in _rest(receive):
        size += len(piece)
        if size > most:
            raise too_large(most)
        yield piece


async def drain(receive: Receive, most: int = DRAINED_MOST) -> int:
    """Read the rest of a body away and count it, up to `most` bytes; gives up when the client dawdles or goes."""
    size = 0
    try:
        async for piece in _rest(receive):
            size += len(piece)
            if size > most:
                break
    except (ClientGone, Problem):
        return size
    return size


async def _rest(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await receive()
        except TimeoutError:
            raise Problem(408, "too_slow", "The body did not arrive in time. Send it again.") from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def drain_pieces(stream: AsyncIterator[bytes]) -> None:
    """Read away what is left of a stream that somebody began to read."""
    try:
        async for _ in stream:
            pass
    except (ClientGone, Problem):
        return
