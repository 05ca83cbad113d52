"""Whom the door lets in, and in which order it refuses.

The order is the contract's: too large 413, no or bad key 401, lacking scope 403, too many calls 429, wrong type 415,
malformed 400; unknown 404 and refused 422 are the endpoints'.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from onewindow.api import intake
from onewindow.api.exchange import Receive, Request
from onewindow.api.keys import Keys
from onewindow.api.operation import Operation
from onewindow.api.problem import Problem, malformed
from onewindow.api.rate import Buckets
from onewindow.kernel.actor import Actor

_KEY_LENGTH_MOST: Final = 200
_KEY: Final = re.compile(rb"[ -~]{1,%d}" % _KEY_LENGTH_MOST)


class Gate:
    """Keys and rates of one server process."""

    def __init__(self, find_actor: Callable[[bytes], Actor | None], calls_per_second: float) -> None:
        async def find(digest: bytes) -> Actor | None:
            return await asyncio.to_thread(find_actor, digest)

        self._keys = Keys(find)
        self._buckets = Buckets(calls_per_second)

    async def admit(self, request: Request, receive: Receive) -> None:
        """Fill in body, actor, media type and idempotency key. Raises Problem for the first thing that is wrong."""
        operation = request.operation
        await refuse_large(request.headers, receive, operation.body_most)
        if not operation.streams:
            request.body = await intake.whole(receive, operation.body_most, intake.stated_length(request.headers))
            await self._pass(request)
            return
        try:
            await self._pass(request)
        except Problem:
            await _refuse_stream(receive, operation.body_most)
            raise
        request.stream = intake.pieces(receive, operation.body_most)

    async def _pass(self, request: Request) -> None:
        operation = request.operation
        if operation.scope is not None:
            request.actor, digest = await self.actor(request.headers)
            _demand_scope(operation, request.actor)
            self._spend(digest)
        if operation.takes:
            request.media = _media(operation, request)
        if operation.changes:
            request.key = _idempotency_key(request.headers)
        if operation.takes and not (request.body or operation.streams or operation.body_may_be_empty):
            raise malformed("it is empty; send one document")

    async def actor(self, headers: Mapping[bytes, bytes]) -> tuple[Actor, bytes]:
        """Who calls, and the digest of the key. Raises Problem 401."""
        actor, digest = self._keys.remembered(headers.get(b"authorization"))
        return actor or await self._keys.actor(digest), digest

    def _spend(self, digest: bytes) -> None:
        wait_s = self._buckets.take(digest)
        if wait_s:
            words = (
                f"This key makes more calls than it may. Wait {wait_s} s and go on more slowly; batches count as one."
            )
            headers = ((b"retry-after", str(wait_s).encode()),)
            raise Problem(429, "too_many_requests", words, details={"retry_after": wait_s}, headers=headers)


async def refuse_large(headers: Mapping[bytes, bytes], receive: Receive, most: int) -> None:
    """Raise Problem 413 for a body that says itself that it is too large, after reading it away."""
    stated = intake.stated_length(headers)
    if stated is not None and stated > most:
        await intake.drain(receive)
        raise intake.too_large(most)


async def _refuse_stream(receive: Receive, most: int) -> None:
    """A refused stream is read away and counted, because "too large" comes before every other refusal."""
    if await intake.drain(receive, most) > most:
        raise intake.too_large(most)


def _demand_scope(operation: Operation, actor: Actor) -> None:
    if operation.scope and not actor.may(operation.scope):
        words = f"This key lacks the scope “{operation.scope}”. Use a key that carries it."
        raise Problem(403, "scope_missing", words, details={"scope": operation.scope})
    if operation.for_agency and not actor.agency:
        raise Problem(403, "forbidden", "Only an agency's key may make this call.")
    if operation.for_operator and "operator" not in actor.roles and "metrics" not in actor.scopes:
        raise Problem(403, "scope_missing", "Only a key with the scope “metrics” may make this call.")


def _media(operation: Operation, request: Request) -> str:
    media, is_utf8 = _named_media(request.headers.get(b"content-type", b""))
    if not media and operation.body_may_be_empty and not request.body:
        return ""
    plain = request.headers.get(b"content-encoding", b"identity") == b"identity"
    if media not in operation.takes or not is_utf8 or not plain:
        takes = ", ".join(operation.takes)
        words = f"This call takes {takes} in UTF-8, uncompressed; say so in the header Content-Type."
        raise Problem(415, "unsupported_media_type", words, headers=((b"accept", takes.encode()),))
    return media


@lru_cache(maxsize=256)
def _named_media(content_type: bytes) -> tuple[str, bool]:
    """The media type of a Content-Type, and whether its text is UTF-8."""
    media, _, parameters = content_type.decode("latin-1").partition(";")
    name, _, charset = parameters.partition(";")[0].partition("=")
    is_utf8 = name.strip().lower() != "charset" or charset.strip(" \"'").lower() in ("utf-8", "utf8", "us-ascii")
    return media.strip().lower(), is_utf8


def _idempotency_key(headers: Mapping[bytes, bytes]) -> str:
    key = headers.get(b"idempotency-key", b"").strip()
    if not key:
        words = "Send an Idempotency-Key: any text of your own, new for every new act and the same when you repeat one."
        raise Problem(400, "idempotency_key_required", words)
    if not _KEY.fullmatch(key):
        words = f"The Idempotency-Key is at most {_KEY_LENGTH_MOST} printable ASCII characters."
        raise Problem(400, "idempotency_key_malformed", words)
    return key.decode("ascii")
