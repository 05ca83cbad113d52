"""Identifiers the application makes itself, so that rows can be built before the database sees them."""

from __future__ import annotations

import os
import time
import uuid
from hashlib import sha256


def new_id(now_ns: int | None = None) -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits. Sorts by time."""
    milliseconds = (time.time_ns() if now_ns is None else now_ns) // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    number = (milliseconds & 0xFFFFFFFFFFFF) << 80 | random_bits
    number = number & ~(0xF000 << 64) | 0x7000 << 64
    return uuid.UUID(int=number & ~(0xC000 << 48) | 0x8000 << 48)


def id_from_cause(*cause: object) -> uuid.UUID:
    """The same cause gives the same identifier for ever, so that a repeat changes nothing (UUID version 8)."""
    number = int.from_bytes(sha256("\x1f".join(map(str, cause)).encode()).digest()[:16], "big")
    number = number & ~(0xF000 << 64) | 0x8000 << 64
    return uuid.UUID(int=number & ~(0xC000 << 48) | 0x8000 << 48)
