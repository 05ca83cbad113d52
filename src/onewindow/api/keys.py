"""From the Authorization header to the actor behind a key, remembered for a few seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final

from onewindow.api.problem import Problem
from onewindow.kernel.actor import Actor

REMEMBERED_S: Final = 5.0
_KEYS_MOST: Final = 20_000
_KEY_LENGTH_MOST: Final = 200
_CHALLENGE: Final = ((b"www-authenticate", b'Bearer realm="onewindow"'),)

FindActor = Callable[[bytes], Awaitable[Actor | None]]
"""SHA-256 of a key (32 bytes) to its actor; None when there is no such key in force."""


class Keys:
    """Only digests are compared and remembered, so time tells nothing of a key; a revoked one dies within seconds."""

    def __init__(self, find: FindActor, clock: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[Actor | None, float]] = OrderedDict()

    def remembered(self, authorization: bytes | None) -> tuple[Actor | None, bytes]:
        """The actor if it is known still, else None and the digest to ask for. Raises Problem 401."""
        digest = _digest(authorization)
        known = self._known.get(digest)
        if known is None or known[1] < self._clock():
            return None, digest
        if known[0] is None:
            raise _unknown()
        return known[0], digest

    async def actor(self, digest: bytes) -> Actor:
        """Ask who is behind the key. Raises Problem 401 when nobody is."""
        actor = await self._find(digest)
        self._known[digest] = (actor, self._clock() + REMEMBERED_S)
        self._known.move_to_end(digest)
        if len(self._known) > _KEYS_MOST:
            self._known.popitem(last=False)
        if actor is None:
            raise _unknown()
        return actor


def _digest(authorization: bytes | None) -> bytes:
    if authorization is None:
        raise Problem(
            401, "key_required", "Send your API key in the header Authorization: Bearer KEY.", headers=_CHALLENGE
        )
    scheme, _, key = authorization.partition(b" ")
    key = key.strip()
    if scheme.lower() != b"bearer" or not key or len(key) > _KEY_LENGTH_MOST:
        raise Problem(401, "key_malformed", "The header Authorization reads: Bearer KEY.", headers=_CHALLENGE)
    return sha256(key).digest()


def _unknown() -> Problem:
    words = "This API key is not in force. Check it for typing slips, or have a new one made in your company's account."
    return Problem(401, "key_unknown", words, headers=_CHALLENGE)
