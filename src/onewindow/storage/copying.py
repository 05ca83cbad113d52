"""PostgreSQL's binary COPY format, written by hand: a row is the bytes of its fields, each behind its length.

A general driver encodes value by value through a codec; here whole rows are joined from fields of which most are made
once a group. Measured in docs/adr/0003-binary-copy.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_length = struct.Struct(">i").pack
_small = struct.Struct(">ih").pack
_integer = struct.Struct(">ii").pack
_big = struct.Struct(">iq").pack
_count = struct.Struct(">h").pack


def stream(rows: Iterable[bytes]) -> bytes:
    """A whole COPY stream of rows made by `row` or joined by hand."""
    return b"".join((HEADER, *rows, TRAILER))


def row(*fields: bytes) -> bytes:
    """One row of encoded fields."""
    return _count(len(fields)) + b"".join(fields)


def count(fields: int) -> bytes:
    """What a row begins with: the number of its fields."""
    return _count(fields)


def binary(value: bytes) -> bytes:
    """A bytea, or a uuid's sixteen bytes."""
    return _length(len(value)) + value


def text(value: str) -> bytes:
    """A text. Raises UnicodeEncodeError for a lone surrogate."""
    encoded = value.encode()
    return _length(len(encoded)) + encoded


@lru_cache(maxsize=4096)
def word(value: str) -> bytes:
    """A text that comes again and again: a service, a state, a party."""
    return text(value)


@lru_cache(maxsize=512)
def smallint(value: int) -> bytes:
    """A smallint."""
    return _small(2, value)


def integer(value: int) -> bytes:
    """An integer of four bytes."""
    return _integer(4, value)


def bigint(value: int) -> bytes:
    """An integer of eight bytes."""
    return _big(8, value)


def timestamp(at: datetime) -> bytes:
    """A timestamptz: microseconds since 2000-01-01 UTC."""
    since = at - _EPOCH
    return _big(8, (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds)


def day(value: date) -> bytes:
    """A date: days since 2000-01-01."""
    return _integer(4, value.toordinal() - _EPOCH_DAY)
