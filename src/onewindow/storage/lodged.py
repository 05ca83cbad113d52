"""What an accepted document becomes before the database sees any of it: id, reference, salt, hash and frame."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from onewindow.application.ports import Lodge, Receipt
from onewindow.kernel import reference as references
from onewindow.kernel.lane import LANES
from onewindow.storage import chain, copying
from onewindow.storage.claims import Token
from onewindow.storage.compression import compress

INDEX_OF_LANE = {lane: index for index, lane in enumerate(LANES)}
KIND = "lodged"
_RANDOM_BYTES = 24 + chain.SALT_BYTES
_three = struct.Struct(">QQQ")
_pair = struct.Struct(">QQ")
_kind = copying.word(KIND)
_one = copying.integer(1)


@dataclass(slots=True)
class Moment:
    """The time of a group."""

    at: datetime
    field: bytes
    day: bytes


@dataclass(slots=True)
class Lodged:
    """One document ready to be written. `said` are the event's encoded fields that its hash `link` covers."""

    command: Lodge
    tokens: list[Token]
    id: bytes
    reference: str
    salt: bytes
    said: bytes
    link: bytes
    frame: bytes
    receipt: Receipt


def this_moment() -> Moment:
    """Now, encoded once for all rows of a group."""
    at = datetime.now(UTC)
    return Moment(at, copying.timestamp(at), copying.day(at.date()))


def prepare(commands: Sequence[Lodge], tokens: Sequence[list[Token]], moment: Moment, secret: bytes) -> list[Lodged]:
    """Fresh submissions, all identities from one draw of random bytes; ids are version-7 UUIDs.

    Raises UnicodeEncodeError for lone surrogates.
    """
    milliseconds = time.time_ns() // 1_000_000 << 16 | 0x7000
    random = os.urandom(_RANDOM_BYTES * len(commands))
    made = []
    for command, claimed, start in zip(commands, tokens, range(0, len(random), _RANDOM_BYTES), strict=True):
        first, second, third = _three.unpack_from(random, start)
        identity = _pair.pack(milliseconds | first & 0xFFF, 1 << 63 | second >> 2)
        reference = references.issue(INDEX_OF_LANE[command.lane], secret, third >> 15)
        salt = random[start + 24 : start + _RANDOM_BYTES]
        made.append(_lodged(command, claimed, identity, reference, salt, moment))
    return made


def _lodged(
    command: Lodge, tokens: list[Token], identity: bytes, reference: str, salt: bytes, moment: Moment
) -> Lodged:
    said = b"".join((
        moment.field, _one, _kind, copying.word(command.actor or command.lodger), copying.NULL,
        copying.binary(command.opening), copying.binary(command.digest), copying.NULL,
    ))  # fmt: skip
    receipt = Receipt(
        reference, command.service, 1, command.definition_version, command.state, moment.at, command.digest.hex()
    )
    link = chain.event_hash(identity, 1, chain.FIRST, sha256(salt + said).digest())
    return Lodged(command, tokens, identity, reference, salt, said, link, compress(command.body), receipt)
