"""Walks all open submissions when an office was closed unexpectedly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from onewindow.application.close_office import move_open_pledges
from onewindow.application.desk import Desk
from onewindow.engine.closures import EnteredClosure
from onewindow.followers.files import FollowerFiles
from onewindow.followers.follow import Connection, connect
from onewindow.storage.queries import query

_PAGE = 500


def close_office(dsn: str, secret: bytes, desk: Desk, entered: EnteredClosure) -> Iterator[bool]:
    """For each open submission, whether its deadlines moved. Repeated after an interruption, it goes on."""
    with connect(dsn) as connection:
        own = replace(desk, files=FollowerFiles(connection, secret), followed=None)
        for _, moved in move_open_pledges(own, entered, _open_references(connection)):
            yield moved


def _open_references(connection: Connection) -> Iterator[str]:
    after = ""
    while page := connection.execute(query("open_submissions"), {"after": after, "many": _PAGE}).fetchall():
        after = page[-1][0]
        yield from (reference for (reference,) in page)
