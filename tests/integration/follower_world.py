"""A journal with followers beside it, and the small services of the life cycle's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from integration.journal_world import journal_of, lodge, receipt_of
from onewindow.application.desk import Desk
from onewindow.application.ports import Receipt
from onewindow.definitions.model import Action, Definition, Stage
from onewindow.engine.life.opening import OpeningBook
from onewindow.followers.files import FollowerFiles
from onewindow.followers.follow import Connection, Follower, begin, catch_up, connect
from onewindow.followers.worklist import WorklistFollower
from onewindow.storage.journal import PostgresJournal
from servers import Database
from unit.life_services import CALENDARS, COMPLAINT, LICENCE, VETTER, words

OPENING = {"stages": ["vetting", "checking"], "charges": []}
TOUCH = Action("touch", words("touch"), by=("system",), does=("record",), of="submission")
NAMED_LICENCE = replace(LICENCE, id="licence", actions={**LICENCE.actions, "touch": TOUCH})
NAMED_COMPLAINT = replace(COMPLAINT, id="complaint")


class Shelf:
    """Definitions by id, all of version 1, as the registry gives them; bodies of actions are not checked here."""

    def __init__(self, *definitions: Definition) -> None:
        self.definitions = {one.id: one for one in definitions}

    def definition(self, service: str, version: str) -> Definition | None:
        return self.definitions.get(service) if version == "1" else None

    def action_checker(self, definition: Definition, action: str) -> Any:  # noqa: ARG002
        return AnyBody()


class AnyBody:
    """Takes every JSON object."""

    def judge(self, body: bytes, as_of: object) -> tuple[dict[str, object], tuple[()]]:  # noqa: ARG002
        return msgspec.json.decode(body), ()


class PlainSigner:
    """Stands where the installation's key would sign."""

    def sign(self, payload: bytes) -> tuple[str, bytes]:
        return "test", b"signed:" + payload[:8]


def json_values(definition: Definition, body: bytes, media: str) -> dict[str, object]:
    decoded: dict[str, object] = msgspec.json.decode(body)
    return decoded


@dataclass
class World:
    """A journal, a follower's connection and a desk; `followers` are those a test steps."""

    database: Database
    journal: PostgresJournal
    connection: Connection
    shelf: Shelf
    desk: Desk
    worklist: WorklistFollower
    at: list[datetime] = field(default_factory=list)

    def lodge(self, service: str = "licence", opening: dict[str, object] = OPENING, **changes: Any) -> Receipt:
        definition = self.shelf.definitions[service]
        stages = tuple(opening["stages"])
        rows = opening.get("rows", {})
        book, now = OpeningBook(CALENDARS), self.desk.clock()
        written = msgspec.json.encode(opening)
        begun = book.begin(definition, stages, rows, now)
        command = lodge(
            self.database,
            service=service,
            state=begun.life.state,
            opening=begun.payload(written),
            **{"body": b'{"specimens":[{"quantity":"10","unit":"KGM"}]}', **changes},
        )
        return receipt_of(self.journal.append_now([command])[0])

    def follow(self, follower: Follower | None = None) -> int:
        follower = follower or self.worklist
        begin(self.connection, follower)
        return catch_up(self.connection, follower)

    def rows(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement.encode(), arguments or None).fetchall()

    def clear(self) -> None:
        """Everything that was read before is behind us: a test looks at its own submissions only."""
        self.follow()


@contextmanager
def world_of(database: Database, *more: Definition, clock: Callable[[], datetime] | None = None) -> Iterator[World]:
    shelf = Shelf(NAMED_LICENCE, NAMED_COMPLAINT, *more)
    with journal_of(database) as journal, connect(database.dsn("follower")) as connection:
        desk = Desk(
            journal=journal,
            files=FollowerFiles(connection, database.secret),
            services=shelf,
            calendars=CALENDARS,
            signer=PlainSigner(),
            values=json_values,
            clock=clock or (lambda: datetime.now(UTC)),
        )
        yield World(database, journal, connection, shelf, desk, WorklistFollower(shelf, CALENDARS))


__all__ = ["CALENDARS", "NAMED_COMPLAINT", "NAMED_LICENCE", "VETTER", "Shelf", "Stage", "World", "world_of"]
