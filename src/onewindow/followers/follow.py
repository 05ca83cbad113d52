"""What all followers share: each reads the journal lane by lane from where it stopped, and commits what it wrote
together with its new position. It may be killed at any instant and started again; two may run at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import psycopg

from onewindow.storage.queries import query

Connection = psycopg.Connection[tuple[Any, ...]]


class Entry(NamedTuple):
    """An event of the journal with the facts of its submission."""

    pos: int
    submission: UUID
    seq: int
    version: int
    kind: str
    at: datetime
    actor: str
    cause: str
    payload: bytes
    service: str
    definition_version: str
    reference: str
    lodger: str
    principal: str
    mode: str
    summary: str
    state: str


EVERYTHING, ACTS, TRIALS = "follower_events", "follower_acts", "follower_trials"
CAUSES, FILES = "follower_causes", "follower_files"


class Follower(Protocol):
    """`apply` writes what `entries` of one lane mean, in the transaction that also moves the position."""

    @property
    def name(self) -> str: ...

    @property
    def batch(self) -> int:
        """How many events it takes in one transaction."""
        ...

    @property
    def reads(self) -> str:
        """The named statement that gives its entries: every event, or those that concern it."""
        ...

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None: ...

    def clear(self, connection: Connection) -> None:
        """Remove what it derived, before a rebuild."""
        ...


def connect(dsn: str) -> Connection:
    """A connection for followers, which look rows up by key: an empty table's statistics must not mislead them."""
    connection = psycopg.connect(dsn, autocommit=True)
    connection.execute("SET enable_hashjoin = off")
    connection.execute("SET enable_mergejoin = off")
    return connection


def begin(connection: Connection, follower: Follower) -> None:
    """Make the follower known; safe to repeat."""
    connection.execute(query("follower_begin"), {"follower": follower.name})


def step(connection: Connection, follower: Follower, lane: int) -> int:
    """One batch of one lane, in one transaction: how many events were read; none while somebody else is at it."""
    place = {"lane": lane, "follower": follower.name}
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        taken = cursor.execute(query("follower_take"), place).fetchone()
        if taken is None or taken[0] >= taken[1]:
            return 0
        after, head = taken
        upto = min(head, after + follower.batch)
        rows = cursor.execute(query(follower.reads), {"lane": lane, "after": after, "upto": upto}).fetchall()
        follower.apply(connection, lane, list(map(Entry._make, rows)))
        cursor.execute(query("follower_move"), {**place, "pos": upto})
        return int(upto - after)


def behind(connection: Connection, follower: Follower) -> list[int]:
    """The lanes in which the follower has something to read, the longest way first."""
    return [lane for lane, _ in connection.execute(query("follower_behind"), {"follower": follower.name})]


def catch_up(connection: Connection, follower: Follower) -> int:
    """Read until nothing is left (or others hold what is): how many events were read."""
    total = 0
    while read := sum(step(connection, follower, lane) for lane in behind(connection, follower)):
        total += read
    return total


def rebuild(connection: Connection, follower: Follower) -> int:
    """Derive everything anew from the first event, in one transaction; the rows are the same as before."""
    with connection.transaction():
        connection.execute(query("follower_rewind"), {"follower": follower.name})
        follower.clear(connection)
        return catch_up(connection, follower)


def rebuild_derived(dsn: str, follower: Follower) -> int:
    """Rebuild over a connection of its own: how many events were read. Whoever follows meanwhile waits for it."""
    with connect(dsn) as connection:
        begin(connection, follower)
        return rebuild(connection, follower)
