"""What a change of a submission becomes: its next version, and events chained to the last one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from onewindow.application.ports import Change, Event, Receipt
from onewindow.storage import chain, copying
from onewindow.storage.claims import tokens_of
from onewindow.storage.compression import NEWEST, compress


@dataclass(slots=True)
class Head:
    """Where a submission stands: read under its lock, moved on by each change."""

    id: UUID
    version: int
    last_seq: int
    last_hash: bytes
    reference: str
    service: str
    definition_version: str
    lodged_at: datetime
    digest: bytes


@dataclass(slots=True)
class ChangedRows:
    """One change's rows: lines of binary COPYs, and arguments of named statements."""

    lane: int
    update: tuple[object, ...]
    receipt: Receipt
    claims: list[tuple[bytes, bytes]]
    bodies: list[bytes] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    details: list[tuple[object, ...]] = field(default_factory=list)


def changed_rows(change: Change, head: Head, at: datetime) -> ChangedRows:
    """The rows of `change`, which moves `head` on. The caller has compared the versions."""
    head.version += 1
    identity, lane = copying.binary(head.id.bytes), copying.smallint(change.lane)
    version, moment = copying.integer(head.version), copying.timestamp(at)
    document = None if change.body is None else sha256(change.body).digest()
    events, details = _events(change, head, moment, document)
    head.digest = document or head.digest
    claims = [
        (token, copying.row(
            lane, copying.binary(token), identity, copying.binary(change.digest), version,
            copying.word(change.state), copying.day(at.date()),
        )) for token in tokens_of(change)
    ]  # fmt: skip
    bodies = [] if change.body is None else [
        copying.row(
            lane, identity, version, copying.word(change.media), copying.smallint(NEWEST),
            copying.binary(compress(change.body)),
        )
    ]  # fmt: skip
    update = (
        change.lane, head.id, head.version, head.last_seq, head.last_hash,
        change.state, change.life, at, change.summary, document,
    )  # fmt: skip
    return ChangedRows(change.lane, update, _receipt(change, head), claims, bodies, events, details)


def _events(
    change: Change, head: Head, moment: bytes, document: bytes | None
) -> tuple[list[bytes], list[tuple[object, ...]]]:
    random = os.urandom(2 * chain.SALT_BYTES * len(change.events))
    events: list[bytes] = []
    details: list[tuple[object, ...]] = []
    for number, event in enumerate(change.events):
        salts = random[number * 2 * chain.SALT_BYTES :]
        salt, words_salt = salts[: chain.SALT_BYTES], salts[chain.SALT_BYTES : 2 * chain.SALT_BYTES]
        words = chain.words_digest(words_salt, event.detail) if event.detail else None
        said = _said(change, head, event, (moment, document if number == 0 else None, words))
        head.last_seq += 1
        content = sha256(salt + said).digest()
        head.last_hash = chain.event_hash(head.id.bytes, head.last_seq, head.last_hash, content)
        events.append(
            b"".join((
                copying.binary(head.id.bytes), copying.integer(head.last_seq), copying.binary(salt),
                copying.binary(head.last_hash), said,
            ))
        )  # fmt: skip
        if event.detail:
            details.append((change.lane, head.id, head.last_seq, words_salt, event.detail))
    return events, details


def _said(change: Change, head: Head, event: Event, parts: tuple[bytes, bytes | None, bytes | None]) -> bytes:
    moment, document, words = parts
    return b"".join((
        moment, copying.integer(head.version), copying.word(event.kind), copying.word(change.actor),
        copying.text(event.cause) if event.cause else copying.NULL, copying.binary(event.payload),
        copying.NULL if document is None else copying.binary(document),
        copying.NULL if words is None else copying.binary(words),
    ))  # fmt: skip


def _receipt(change: Change, head: Head) -> Receipt:
    return Receipt(
        head.reference, head.service, head.version, head.definition_version, change.state, head.lodged_at,
        head.digest.hex(),
    )  # fmt: skip


def stale(changes: Sequence[Change], heads: dict[tuple[int, UUID], Head]) -> list[int]:
    """Which of `changes`, taken in their order, do not name the version they will meet."""
    versions = {place: head.version for place, head in heads.items()}
    found = []
    for number, change in enumerate(changes):
        place = change.lane, change.submission
        if versions.get(place) == change.expected:
            versions[place] += 1
        else:
            found.append(number)
    return found
