"""Lanes: the journal's unit of order. 64 numbers, fixed for ever, from a keyed hash of the lodger."""

from __future__ import annotations

import hmac
from hashlib import sha256

LANES = (
    60, 8, 82, 1, 31, 88, 79, 24, 10, 92, 48, 109, 5, 112, 50, 166, 4, 7, 17, 172, 16, 96, 170, 85, 36, 89, 19, 0, 37,
    45, 101, 3, 113, 52, 62, 99, 136, 168, 46, 28, 6, 66, 70, 21, 83, 39, 43, 13, 2, 351, 27, 95, 58, 149, 41, 179, 9,
    80, 59, 22, 12, 11, 44, 18,
)  # fmt: skip
"""One falls on each of 64 shards when the journal is distributed; on one machine they are just numbers."""


def lane_of(lodger: str, secret: bytes) -> int:
    """The lane of a lodger (a party, or an anonymous form's nonce). Never changes for an installation."""
    return LANES[lane_index(lodger, secret)]


def lane_index(lodger: str, secret: bytes) -> int:
    """Index 0–63 into `LANES`."""
    return hmac.digest(secret, b"lane:" + lodger.encode(), sha256)[0] & 63
