"""Commands and connections that the journal's tests share."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg

from onewindow.application.ports import Change, Event, Lodge, Receipt
from onewindow.engine.life.life import Life, encode_life
from onewindow.kernel.lane import lane_of
from onewindow.kernel.reference import lane_of_reference
from onewindow.storage.journal import PostgresJournal
from onewindow.storage.migrate import dsn_for
from servers import Database


@contextmanager
def journal_of(database: Database, *, committers: int = 1) -> Iterator[PostgresJournal]:
    """A running journal, closed afterwards."""
    journal = PostgresJournal(
        dsn_for(database.owner_dsn, "door", database.secret), database.secret, committers=committers
    )
    journal.open()
    try:
        yield journal
    finally:
        journal.close()


def lodge(database: Database, **changes: Any) -> Lodge:
    """A document of a company, new in key and reference unless they are given."""
    body = changes.pop("body", b'{"reference":"R-1","goods":[]}')
    lodger = changes.pop("lodger", "company:alpha")
    values: dict[str, Any] = {
        "lane": lane_of(lodger, database.secret),
        "lodger": lodger,
        "principal": lodger,
        "service": "import-declaration",
        "definition_version": "1",
        "state": "registered",
        "sender_reference": secrets.token_hex(8),
        "key": secrets.token_hex(8),
        "body": body,
        "media": "application/json",
        "digest": sha256(body).digest(),
        "opening": b'{"stages":["vetting"]}',
        "summary": "Alpha Limited",
    }
    return Lodge(**{**values, **changes})


def place_of(database: Database, receipt: Receipt) -> tuple[int, UUID]:
    """Lane and id of what a receipt stands for."""
    lane = lane_of_reference(receipt.reference, database.secret)
    row = rows_of(
        database, f"SELECT submission FROM reference WHERE lane = {lane} AND reference = %s", receipt.reference
    )
    assert lane is not None
    return lane, row[0][0]


def change(database: Database, receipt: Receipt, expected: int, **changes: Any) -> Change:
    """An act on what a receipt stands for."""
    lane, submission = place_of(database, receipt)
    values: dict[str, Any] = {
        "lane": lane,
        "submission": submission,
        "expected": expected,
        "state": "vetting",
        "life": encode_life(Life(state="vetting", stages=("vetting",), legs=())),
        "events": [Event("claimed", b'{"stage":"vetting"}')],
        "owner": "agency:afcd",
        "actor": "agency:afcd",
    }
    return Change(**{**values, **changes})


def rows_of(database: Database, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
    """What the owner sees."""
    with psycopg.connect(database.owner_dsn) as connection:
        return connection.execute(statement.encode(), arguments or None).fetchall()


def receipt_of(outcome: object) -> Receipt:
    """The receipt, or a failed test that shows what came instead."""
    assert isinstance(outcome, Receipt), outcome
    return outcome
