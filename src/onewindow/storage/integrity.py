"""Recomputes every chain and every anchored range, and names each link that is broken or missing.

Everything is read as one instant shows it, so that it may run while the journal is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from onewindow.storage import chain, copying
from onewindow.storage.anchors import Anchor, read_anchors, root_of
from onewindow.storage.compression import decompress
from onewindow.storage.queries import query
from onewindow.storage.signing import InstallationSigner

Connection = psycopg.Connection[DictRow]
ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken or missing link: the lane, what it is in, and what is wrong, in words."""

    lane: int
    place: str
    words: str

    def __str__(self) -> str:
        return f"lane {self.lane}, {self.place}: {self.words}"


@dataclass(slots=True)
class Report:
    """What was recomputed. `faults` come in the order of lanes; none means whole. `erased` counts what was erased.

    `lodged_under` are the services and the versions of their definitions that submissions were lodged under.
    """

    submissions: int = 0
    events: int = 0
    anchors: int = 0
    erased: int = 0
    lodged_under: set[tuple[str, str]] = field(default_factory=set)
    faults: tuple[Fault, ...] = ()

    @property
    def whole(self) -> bool:
        """True when nothing is broken or missing."""
        return not self.faults


@dataclass(slots=True)
class Chain:
    """A submission's chain as far as it was read."""

    submission: UUID
    seq: int = 0
    link: bytes = chain.FIRST
    document: bytes = b""


def recompute(
    owner_dsn: str,
    signer: InstallationSigner,
    anchors: Path | None = None,
    *,
    most_faults: int = 20,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Read all of the journal; `anchors` is the file outside the database, if there is one.

    `progress` is told how many events each lane had. Raises ValueError when the file cannot be read as anchors.
    """
    report = Report()
    # Read before the instant that the database is seen at: what is anchored meanwhile would seem to be cut off.
    outside = list(read_anchors(anchors)) if anchors else []
    with psycopg.connect(owner_dsn, row_factory=dict_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for fault in _faults(connection, report, signer, outside, progress):
            report.faults += (fault,)
            if len(report.faults) >= most_faults:
                break
    return report


def _faults(
    connection: Connection,
    report: Report,
    signer: InstallationSigner,
    outside: list[Anchor],
    progress: Callable[[int], None] | None,
) -> Iterator[Fault]:
    heads = {row["lane"]: row for row in connection.execute(query("lane_extents").encode()).fetchall()}
    for lane, extent in heads.items():
        yield from _gap(connection, lane, extent)
        yield from _chains(connection, lane, report)
        for row in connection.execute(query("list_anchors").encode(), {"lane": lane}).fetchall():
            yield from _anchored(connection, Anchor(**row), extent["head"], signer, report)
        if progress is not None:
            progress(extent["events"])
    for anchor in outside:
        head = heads[anchor.lane]["head"] if anchor.lane in heads else 0
        yield from _anchored(connection, anchor, head, signer, report)


def _gap(connection: Connection, lane: int, extent: DictRow) -> Iterator[Fault]:
    if extent["events"] == extent["head"] and extent["last"] == extent["head"]:
        return
    if extent["last"] > extent["head"]:
        yield Fault(lane, f"event {extent['last']}", "stands behind the lane's head")
        return
    row = connection.execute(query("gap_in_lane").encode(), {"lane": lane, "head": extent["head"]}).fetchone()
    yield Fault(lane, f"event {row['pos'] if row else extent['head']}", "is missing")


def _chains(connection: Connection, lane: int, report: Report) -> Iterator[Fault]:
    """Events and submissions side by side, both in the order of the submissions' ids."""
    ends = _ends(connection, lane, report)
    end = next(ends, None)
    at: Chain | None = None
    for event in _stream(connection, "chains_of_lane", lane):
        report.events += 1
        if at is None or event["submission"] != at.submission:
            if at is not None:
                yield from _closed(lane, at, end)
                end = next(ends, None)
            while end is not None and end["id"].int < event["submission"].int:
                yield Fault(lane, f"submission {end['reference']}", "has no events")
                end = next(ends, None)
            if end is None or end["id"] != event["submission"]:
                yield Fault(lane, f"event {event['pos']}", f"its submission {event['submission']} is missing")
                return
            at = Chain(event["submission"])
            report.submissions += 1
        yield from _link(lane, at, event, report)
    if at is not None:
        yield from _closed(lane, at, end)
        end = next(ends, None)
    if end is not None:
        yield Fault(lane, f"submission {end['reference']}", "has no events")


def _ends(connection: Connection, lane: int, report: Report) -> Iterator[DictRow]:
    for end in _stream(connection, "ends_of_lane", lane):
        report.lodged_under.add((end["service"], end["definition_version"]))
        yield end


def _link(lane: int, at: Chain, event: DictRow, report: Report) -> Iterator[Fault]:
    place = f"event {event['pos']} ({event['kind']}, number {event['seq']} of submission {at.submission})"
    if event["seq"] != at.seq + 1:
        yield Fault(lane, place, f"number {at.seq + 1} of its submission is missing")
    content = chain.content_digest(event["salt"], *said(event))
    if chain.event_hash(at.submission.bytes, event["seq"], at.link, content) != event["hash"]:
        yield Fault(lane, place, "was changed, or the one before it was")
    at.seq, at.link = event["seq"], event["hash"]
    at.document = event["body_digest"] or at.document
    yield from _body(lane, place, event, report)
    yield from _words(lane, place, event, report)


def said(event: DictRow) -> tuple[bytes, ...]:
    """The fields that an event's content digest covers, in their order."""
    digests = (event["body_digest"], event["words_digest"])
    return (
        copying.timestamp(event["at"]),
        copying.integer(event["version"]),
        copying.text(event["kind"]),
        copying.text(event["actor"]),
        copying.NULL if event["cause"] is None else copying.text(event["cause"]),
        copying.binary(event["payload"]),
        *(copying.NULL if digest is None else copying.binary(digest) for digest in digests),
    )


def _body(lane: int, place: str, event: DictRow, report: Report) -> Iterator[Fault]:
    if event["body_digest"] is None:
        return
    if not event["has_body"]:
        yield Fault(lane, place, "its document is missing")
    elif event["body_erased"] is not None:
        report.erased += 1
    elif not _is_document(event):
        yield Fault(lane, place, "its document was changed")


def _is_document(event: DictRow) -> bool:
    try:
        raw = decompress(event["body"] or b"", event["dictionary"])
    except ValueError:
        return False
    intact: bool = sha256(raw).digest() == event["body_digest"]
    return intact


def _words(lane: int, place: str, event: DictRow, report: Report) -> Iterator[Fault]:
    if event["words_digest"] is None:
        return
    if not event["has_words"]:
        yield Fault(lane, place, "its words are missing")
    elif event["words_erased"] is not None:
        report.erased += 1
    elif chain.words_digest(event["words_salt"] or b"", event["words"] or b"") != event["words_digest"]:
        yield Fault(lane, place, "its words were changed")


def _closed(lane: int, at: Chain, end: DictRow | None) -> Iterator[Fault]:
    if end is None or end["id"] != at.submission:
        return
    place = f"submission {end['reference']}"
    if end["last_seq"] > at.seq:
        yield Fault(lane, place, f"its events end with number {at.seq}, not {end['last_seq']}")
    elif (end["last_seq"], end["last_hash"]) != (at.seq, at.link):
        yield Fault(lane, place, "does not end where its events do")
    elif end["digest"] != at.document:
        yield Fault(lane, place, "names another document than its events")


def _anchored(
    connection: Connection, anchor: Anchor, head: int, signer: InstallationSigner, report: Report
) -> Iterator[Fault]:
    report.anchors += 1
    place = f"anchored events {anchor.first} to {anchor.last}"
    if not signer.verifies(anchor.message(), anchor.signature, anchor.key_id):
        yield Fault(anchor.lane, place, "the anchor is not signed by this installation")
    elif anchor.last > head:
        yield Fault(anchor.lane, place, f"the lane ends at {head}: its tail is missing")
    elif root_of(connection, anchor.lane, anchor.first, anchor.last) != anchor.root:
        yield Fault(anchor.lane, place, "are not what was anchored")


def _stream(connection: Connection, name: str, lane: int) -> Iterator[DictRow]:
    with connection.cursor(name=f"{name}_{lane}") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query(name).encode(), {"lane": lane})
        yield from cursor
