"""Bodies are kept as zstd frames. A compressor shared between threads crashes, so each thread has its own."""

from __future__ import annotations

import threading

import zstandard

LEVEL = 1
NO_DICTIONARY = 0
"""Number of the dictionary that a frame without one carries; trained ones would count from 1 and be kept for ever."""

_own = threading.local()


def compress(raw: bytes) -> bytes:
    """The frame of `raw`; it carries its content's size."""
    compressor = getattr(_own, "compressor", None)
    if compressor is None:
        compressor = _own.compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)
    packed: bytes = compressor.compress(raw)
    return packed


def decompress(frame: bytes, dictionary: int = NO_DICTIONARY) -> bytes:
    """What `compress` was given. Raises ValueError for a dictionary this version does not have, or a broken frame."""
    if dictionary != NO_DICTIONARY:
        raise ValueError(f"no dictionary {dictionary}: this body was written by a later version")
    try:
        raw: bytes = zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError as fault:
        raise ValueError(f"a kept document cannot be read: {fault}") from fault
    return raw
