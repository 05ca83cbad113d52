"""Documents as rows: lines of binary COPYs for many at once, arrays of one statement for a few."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncpg.pgproto.pgproto import UUID

from onewindow.storage import chain, copying
from onewindow.storage.claims import Token
from onewindow.storage.compression import NEWEST
from onewindow.storage.lodged import Lodged, Moment

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
_COUNT_CLAIM = copying.count(len(CLAIM))
_COUNT_REFERENCE = copying.count(len(REFERENCE))
_COUNT_SUBMISSION = copying.count(len(SUBMISSION))
_COUNT_BODY = copying.count(len(BODY))
_COUNT_EVENT = copying.count(len(EVENT))
_length = struct.Struct(">i").pack
_ID, _HASH, _SALT, _TOKEN = _length(16), _length(32), _length(chain.SALT_BYTES), _length(17)
_one = copying.integer(1)


@dataclass(slots=True)
class Lines:
    """Rows of a group, by table. Claims carry what they are sorted by; events lack lane and position."""

    claims: list[tuple[int, Token, bytes]] = field(default_factory=list)
    references: list[bytes] = field(default_factory=list)
    submissions: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    events: list[tuple[int, bytes]] = field(default_factory=list)


def lines_of(lodged: Sequence[Lodged], moment: Moment) -> Lines:
    """The documents' rows as lines of binary COPYs."""
    lines = Lines()
    for one in lodged:
        _add(lines, one, moment)
    return lines


def _add(lines: Lines, one: Lodged, moment: Moment) -> None:
    command, word, text = one.command, copying.word, copying.text
    place = command.lane
    lane, identity, link = copying.smallint(place), _ID + one.id, _HASH + one.link
    reference, digest, state = text(one.reference), _HASH + command.digest, word(command.state)
    for token in one.tokens:
        line = b"".join((_COUNT_CLAIM, lane, _TOKEN, token, identity, digest, _one, state, moment.day))
        lines.claims.append((place, token, line))
    lines.references.append(b"".join((_COUNT_REFERENCE, lane, reference, identity)))
    lines.submissions.append(
        b"".join((
            _COUNT_SUBMISSION, lane, identity, reference, moment.field, digest, link, word(command.service),
            word(command.definition_version), word(command.lodger), word(command.principal),
            text(command.sender_reference), word(command.mode), state, text(command.summary),
        ))
    )  # fmt: skip
    media, dictionary = word(command.media), copying.smallint(NEWEST)
    lines.bodies.append(b"".join((_COUNT_BODY, lane, identity, _one, media, dictionary, copying.binary(one.frame))))
    lines.events.append((place, b"".join((identity, _one, _SALT, one.salt, link, one.said))))


def event_line(lane: int, pos: int, rest: bytes) -> bytes:
    """The event's row once its place is known."""
    return b"".join((_COUNT_EVENT, copying.smallint(lane), copying.bigint(pos), rest))


def columns_of(lodged: Sequence[Lodged], moment: Moment) -> list[object]:
    """The documents as arguments of the statement `lodge_few`."""
    rows = [
        (
            one.command.lane, UUID(one.id), one.reference, one.command.service, one.command.definition_version,
            one.command.lodger, one.command.principal, one.command.sender_reference, one.command.mode,
            one.command.state, one.command.summary, one.command.digest, one.command.media, one.frame, one.salt,
            one.link, one.command.actor or one.command.lodger, one.command.opening,
        )
        for one in lodged
    ]  # fmt: skip
    claims = sorted((one.command.lane, token, number) for number, one in enumerate(lodged, 1) for token in one.tokens)
    lanes, tokens, numbers = ([claim[place] for claim in claims] for place in range(3))
    return [moment.at, lanes, tokens, numbers, *map(list, zip(*rows, strict=True)), NEWEST]
