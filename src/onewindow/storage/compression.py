"""Bodies are kept as zstd frames against a dictionary of what all documents share. Each thread has its own compressor.

Dictionaries are numbered, kept for ever and never changed (`tests/bench/train_dictionary.py` makes one); 0 is none.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib import resources

import zstandard

LEVEL = 1
NO_DICTIONARY = 0
NEWEST = 1
"""The dictionary that new bodies are packed with."""

_own = threading.local()


def compress(raw: bytes) -> bytes:
    """The frame of `raw`, packed with dictionary `NEWEST`; it carries its content's size."""
    compressor = getattr(_own, "compressor", None)
    if compressor is None:
        # A compressor shared between threads crashes.
        compressor = _own.compressor = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=_dictionary(NEWEST), write_checksum=False
        )
    packed: bytes = compressor.compress(raw)
    return packed


def decompress(frame: bytes, dictionary: int) -> bytes:
    """What `compress` was given. Raises ValueError for a dictionary this version does not have, or a broken frame."""
    try:
        known = None if dictionary == NO_DICTIONARY else _dictionary(dictionary)
        raw: bytes = zstandard.ZstdDecompressor(dict_data=known).decompress(frame)
    except FileNotFoundError as missing:
        raise ValueError(f"there is no dictionary {dictionary}: a later version wrote this") from missing
    except zstandard.ZstdError as fault:
        raise ValueError(f"a kept document cannot be read: {fault}") from fault
    return raw


@lru_cache(maxsize=16)
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    file = resources.files("onewindow.storage") / "dictionaries" / f"{number}.zdict"
    dictionary = zstandard.ZstdCompressionDict(file.read_bytes())
    dictionary.precompute_compress(level=LEVEL)
    return dictionary
