"""Reading submissions as somebody: `ports.Register` under row-level security."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from onewindow.application.event_sight import events_as_seen
from onewindow.application.ports import Filter, Page, StoredEvent, Submission
from onewindow.kernel.actor import Actor, Party
from onewindow.kernel.lane import lane_of
from onewindow.kernel.reference import lane_of_reference, normalise
from onewindow.storage.claims import sender_token
from onewindow.storage.compression import decompress
from onewindow.storage.queries import query
from onewindow.storage.tenant import Connection, Reader

LATEST = 2**31 - 1
END = UUID(int=2**128 - 1)
MOST_ROWS = 200
WINDOW = 10_000
"""So many submissions are looked through for one page; a page may be short and still have a next one."""


class PostgresRegister:
    """`services` names those whose senders' references may be asked for."""

    def __init__(self, reader: Reader, secret: bytes, services: Callable[[], Sequence[str]]) -> None:
        self._reader = reader
        self._secret = secret
        self._services = services

    def submission(self, actor: Actor, reference: str) -> Submission | None:
        """See `ports.Register`. Raises NotDurable when the database is away, as every method here."""
        lane, written = lane_of_reference(reference, self._secret), normalise(reference)
        if lane is None:
            return None
        with self._reader.seen_by(actor.party) as connection:
            place = {"lane": lane, "reference": written}
            row = connection.execute(query("find_submission").encode(), place).fetchone()
        return _submission(row) if row else None

    def submissions(self, actor: Actor, wanted: Filter, after: str = "", limit: int = 50) -> Page:
        """See `ports.Register`; newest first, for an agency in the order of its tasks' names."""
        limit = max(1, min(limit, MOST_ROWS))
        filters = {name: getattr(wanted, name) for name in ("state", "service", "sender_reference", "words")}
        with self._reader.seen_by(actor.party) as connection:
            if actor.agency:
                values = {**filters, "agency": actor.agency, "after": after, "limit": limit + 1}
                rows = connection.execute(query("list_agency_submissions").encode(), values).fetchall()
                return _page(rows, limit, "task")
            values = {**filters, "after": _uuid(after), "limit": limit + 1, "party": actor.party, "window": WINDOW}
            values["lane"] = lane_of(actor.party, self._secret)
            if wanted.sender_reference:
                values["tokens"] = self._tokens(actor.party, wanted)
                rows = connection.execute(query("list_by_sender_reference").encode(), values).fetchall()
                return _page(rows, limit, "id")
            return self._newest(connection, values, limit)

    def _newest(self, connection: Connection, values: dict[str, Any], limit: int) -> Page:
        """Own submissions and those that agents lodged. A filter that finds little goes on from the window's end."""
        rows = connection.execute(query("list_submissions").encode(), values).fetchall()
        values["agents"] = self._lanes_of_agents(connection, values["party"])
        if values["agents"]:
            rows += connection.execute(query("list_principals_submissions").encode(), values).fetchall()
            rows.sort(key=lambda row: row["id"].int, reverse=True)
        page = _page(rows, limit, "id")
        if page.after or not (values["state"] or values["service"] or values["words"]):
            return page
        end = connection.execute(query("end_of_window").encode(), values).fetchone()
        if end is None:
            return page
        return _page([row for row in rows if row["id"].int >= end["id"].int], limit, "id", str(end["id"]))

    def body(self, actor: Actor, submission: Submission, version: int | None = None) -> tuple[bytes, str] | None:
        """See `ports.Register`: bytes and content type; None when there is none, or it was erased."""
        place = {"lane": submission.lane, "submission": submission.id, "version": version or LATEST}
        with self._reader.seen_by(actor.party) as connection:
            row = connection.execute(query("read_body").encode(), place).fetchone()
        if row is None or row["bytes"] is None:
            return None
        return decompress(row["bytes"], row["dictionary"]), row["media"]

    def events(self, actor: Actor, submission: Submission) -> list[StoredEvent]:
        """See `ports.Register`. What agencies say among themselves is theirs alone."""
        place = {"lane": submission.lane, "submission": submission.id}
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("read_events").encode(), place).fetchall()
        return events_as_seen(map(_event, rows), actor)

    def _tokens(self, party: Party, wanted: Filter) -> list[bytes]:
        services = [wanted.service] if wanted.service else self._services()
        return [
            sender_token(party, service, mode, wanted.sender_reference)
            for service, mode in product(services, ("live", "test"))
        ]

    def _lanes_of_agents(self, connection: Connection, party: Party) -> list[int]:
        agents = connection.execute(query("agents_of").encode(), {"party": party}).fetchall()
        return sorted({lane_of(row["agent"], self._secret) for row in agents})


def _event(row: DictRow) -> StoredEvent:
    return StoredEvent(
        lane=row["lane"],
        pos=row["pos"],
        submission=row["submission"],
        seq=row["seq"],
        kind=row["kind"],
        at=row["at"],
        actor=row["actor"],
        payload=row["payload"],
        detail=row["words"] or b"",
        hash=row["hash"],
        version=row["version"],
    )


def _submission(row: DictRow) -> Submission:
    return Submission(
        lane=row["lane"],
        id=row["id"],
        reference=row["reference"],
        service=row["service"],
        definition_version=row["definition_version"],
        lodger=row["lodger"],
        principal=row["principal"],
        sender_reference=row["sender_reference"],
        mode=row["mode"],
        state=row["state"],
        version=row["version"],
        life=row.get("life", b""),
        lodged_at=row["lodged_at"],
        changed_at=row["changed_at"],
        digest=row["digest"].hex(),
        summary=row["summary"],
        opening=row.get("opening", b"{}"),
    )


def _page(rows: list[DictRow], limit: int, key: str, otherwise: str = "") -> Page:
    shown = rows[:limit]
    unique = {row["id"]: _submission(row) for row in shown}
    return Page(tuple(unique.values()), str(shown[-1][key]) if len(rows) > limit else otherwise)


def _uuid(text: str) -> UUID:
    """Where a page begins; nonsense begins at the beginning."""
    try:
        return UUID(text) if text else END
    except ValueError:
        return END
