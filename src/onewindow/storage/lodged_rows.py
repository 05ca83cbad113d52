"""What an accepted document becomes: the rows of its submission, made before the database sees any of them."""

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
_RANDOM_BYTES = 24 + chain.SALT_BYTES
_three = struct.Struct(">QQQ")
_pair = struct.Struct(">QQ")
_id_length = struct.Struct(">i").pack(16)
_hash_length = struct.Struct(">i").pack(32)
_one = copying.integer(1)


@dataclass(slots=True)
class LodgedRows:
    """One document's rows, each a line of a binary COPY; the event's lacks its lane and position, which come last."""

    lane: int
    id: bytes
    tokens: list[Token]
    claims: list[bytes]
    reference: bytes
    submission: bytes
    body: bytes
    event: bytes
    receipt: Receipt


CLAIM = ("lane", "token", "submission", "digest", "version", "state", "made")
REFERENCE = ("lane", "reference", "submission")
SUBMISSION = (
    *("lane", "id", "reference", "lodged_at", "digest", "last_hash", "service", "definition_version", "lodger"),
    *("principal", "sender_reference", "mode", "state", "summary"),
)
BODY = ("lane", "submission", "version", "media", "dictionary", "bytes")
EVENT = (
    *("lane", "pos", "submission", "seq", "salt", "hash"),
    *("at", "version", "kind", "actor", "cause", "payload", "body", "words"),
)


@dataclass(slots=True)
class Moment:
    """The time of a group, encoded once for all its rows."""

    at: datetime
    field: bytes
    day: bytes


@dataclass(slots=True)
class Fresh:
    """What a new submission draws: its id, its reference and the salt of its first event."""

    id: bytes
    reference: str
    salt: bytes


def lodged_rows(commands: Sequence[Lodge], tokens: Sequence[list[Token]], secret: bytes) -> list[LodgedRows]:
    """The rows of new submissions with fresh ids and references, and the tokens each of them claims.

    Raises UnicodeEncodeError for lone surrogates.
    """
    at = datetime.now(UTC)
    moment = Moment(at, copying.timestamp(at), copying.day(at.date()))
    drawn = draw(commands, secret)
    return [_rows(*each, moment) for each in zip(commands, tokens, drawn, strict=True)]


def draw(commands: Sequence[Lodge], secret: bytes) -> list[Fresh]:
    """Fresh identities for all of a group from one draw of random bytes; ids are version-7 UUIDs."""
    milliseconds = time.time_ns() // 1_000_000 << 16 | 0x7000
    random = os.urandom(_RANDOM_BYTES * len(commands))
    drawn = []
    for command, start in zip(commands, range(0, len(random), _RANDOM_BYTES), strict=True):
        first, second, third = _three.unpack_from(random, start)
        identity = _pair.pack(milliseconds | first & 0xFFF, 1 << 63 | second >> 2)
        reference = references.issue(INDEX_OF_LANE[command.lane], secret, third >> 15)
        drawn.append(Fresh(identity, reference, random[start + 24 : start + _RANDOM_BYTES]))
    return drawn


def _rows(command: Lodge, tokens: list[Token], fresh: Fresh, moment: Moment) -> LodgedRows:
    lane, identity = copying.smallint(command.lane), _id_length + fresh.id
    reference, digest = copying.text(fresh.reference), _hash_length + command.digest
    state, service = copying.word(command.state), copying.word(command.service)
    said = b"".join((
        moment.field, _one, _LODGED, copying.word(command.actor or command.lodger), copying.NULL,
        copying.binary(command.opening), digest, copying.NULL,
    ))  # fmt: skip
    content = sha256(fresh.salt + said).digest()
    link = _hash_length + chain.event_hash(fresh.id, 1, chain.FIRST, content)
    return LodgedRows(
        lane=command.lane,
        id=fresh.id,
        tokens=tokens,
        claims=[
            b"".join((_COUNT_CLAIM, lane, _token_length, token, identity, digest, _one, state, moment.day))
            for token in tokens
        ],
        reference=b"".join((_COUNT_REFERENCE, lane, reference, identity)),
        submission=b"".join((
            _COUNT_SUBMISSION, lane, identity, reference, moment.field, digest, link, service,
            copying.word(command.definition_version), copying.word(command.lodger), copying.word(command.principal),
            copying.text(command.sender_reference), copying.word(command.mode), state, copying.text(command.summary),
        )),
        body=b"".join((
            _COUNT_BODY, lane, identity, _one, copying.word(command.media), _NO_DICTIONARY,
            copying.binary(compress(command.body)),
        )),
        event=b"".join((identity, _one, _SALT_LENGTH, fresh.salt, link, said)),
        receipt=Receipt(
            fresh.reference, command.service, 1, command.definition_version, command.state, moment.at,
            command.digest.hex(),
        ),
    )  # fmt: skip


def event_row(lane: int, pos: int, rest: bytes) -> bytes:
    """The event's row once its place is known."""
    return b"".join((_COUNT_EVENT, copying.smallint(lane), copying.bigint(pos), rest))


_LODGED = copying.word("lodged")
_COUNT_CLAIM = copying.count(len(CLAIM))
_COUNT_REFERENCE = copying.count(len(REFERENCE))
_COUNT_SUBMISSION = copying.count(len(SUBMISSION))
_COUNT_BODY = copying.count(len(BODY))
_COUNT_EVENT = copying.count(len(EVENT))
_NO_DICTIONARY = copying.smallint(0)
_SALT_LENGTH = struct.Struct(">i").pack(chain.SALT_BYTES)
_token_length = struct.Struct(">i").pack(17)
