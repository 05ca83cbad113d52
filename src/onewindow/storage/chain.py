"""The chain: each event's hash covers the one before it in its submission, so that nothing can be changed unseen.

`hash = SHA-256(submission, seq, previous hash, content)` and `content = SHA-256(salt, fields)`, where a field is its
length in four bytes and its bytes (length −1: absent). The position is not in it, so the hash is made before the head
of the lane is taken. Words of people are covered by a salted digest of their own, whose salt goes when they are erased.
"""

from __future__ import annotations

import struct
from hashlib import sha256

SALT_BYTES = 16
FIRST = b""
"""What stands for the hash before the first event."""

_seq = struct.Struct(">i").pack


def content_digest(salt: bytes, *fields: bytes) -> bytes:
    """Salted digest of what an event says; `fields` are encoded as in `copying`."""
    return sha256(salt + b"".join(fields)).digest()


def event_hash(submission: bytes, seq: int, previous: bytes, content: bytes) -> bytes:
    """The link: 32 bytes. `submission` is the id's sixteen bytes, `seq` counts from 1."""
    return sha256(submission + _seq(seq) + previous + content).digest()


def words_digest(salt: bytes, words: bytes) -> bytes:
    """Salted digest of an event's erasable words."""
    return sha256(salt + words).digest()
