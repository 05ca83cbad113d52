"""What an act needs of the world, gathered once at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from onewindow.application.judging import Bench
from onewindow.application.ports import Journal, Submission
from onewindow.definitions.model import Definition
from onewindow.engine.life.deadlines import Calendars
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding


class ActionBody(Protocol):
    """Checks the body of one action: its values, and every finding. Raises MalformedDocument."""

    def judge(self, body: bytes, as_of: date) -> tuple[Any, tuple[Finding, ...]]: ...


class Services(Protocol):
    """The compiled services; `engine.registry.Registry` is one."""

    def definition(self, service: str, version: str) -> Definition | None: ...

    def action_checker(self, definition: Definition, action: str) -> ActionBody | None: ...


class Files(Protocol):
    """Submissions as an actor may see them; the part of `ports.Register` that acts need."""

    def submission(self, actor: Actor, reference: str) -> Submission | None: ...

    def body(self, actor: Actor, submission: Submission, version: int | None = None) -> tuple[bytes, str] | None: ...


class Signer(Protocol):
    """Signs what is issued: the key's id and the signature."""

    def sign(self, payload: bytes) -> tuple[str, bytes]: ...


class Followed(Protocol):
    """Waits until work lists show what was just written to a lane; False when they are late."""

    def wait(self, lane: int, seconds: float) -> bool: ...


Values = Callable[[Definition, bytes, str], Mapping[str, object]]
"""A document's values, from its bytes and their content type."""


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports of acting. Followers have no `followed` (they wait for nobody) and no `bench` (they amend nothing)."""

    journal: Journal
    files: Files
    services: Services
    calendars: Calendars
    signer: Signer
    values: Values
    followed: Followed | None = None
    bench: Bench | None = None
    clock: Callable[[], datetime] = now
