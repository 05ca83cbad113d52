"""Erasing a person's data: documents, words, files and names go; events, digests and dates stay, and still verify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
import psycopg
from psycopg.rows import DictRow, dict_row

from onewindow.engine.life.life import decode_life, encode_life
from onewindow.kernel.actor import Party
from onewindow.kernel.lane import lane_of
from onewindow.storage.queries import query

STATEMENTS = ("erase_bodies", "erase_details", "erase_attachments", "erase_issued", "erase_tasks")


@dataclass(frozen=True, slots=True)
class Erased:
    """How many submissions were cleared."""

    submissions: int


def erase_party(owner_dsn: str, party: Party, secret: bytes, at: datetime) -> Erased:
    """Clear all that `party` lodged, uploaded or began, in one transaction as the owner; safe to repeat."""
    lane = lane_of(party, secret)
    with psycopg.connect(owner_dsn, row_factory=dict_row) as connection:
        place = {"lane": lane, "party": party}
        rows = connection.execute(query("submissions_to_erase").encode(), place).fetchall()
        values = {**place, "ids": [row["id"] for row in rows], "at": at}
        for statement in STATEMENTS:
            connection.execute(query(statement).encode(), values)
        pages = connection.execute(query("pages_are_there").encode()).fetchone()
        if pages and pages["there"]:
            connection.execute(query("erase_drafts").encode(), place)
        for row in rows:
            _clear_row(connection, row)
    return Erased(len(rows))


def _clear_row(connection: psycopg.Connection[DictRow], row: DictRow) -> None:
    life = row["life"]
    if life:
        known = decode_life(life)
        legs = tuple(msgspec.structs.replace(leg, note="") for leg in known.legs)
        life = encode_life(msgspec.structs.replace(known, legs=legs))
    connection.execute(query("erase_submission").encode(), {"lane": row["lane"], "id": row["id"], "life": life})
