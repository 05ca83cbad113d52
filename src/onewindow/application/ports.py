"""What the use cases need of the world. `storage` and `channels` implement it; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from onewindow.kernel.actor import Actor, Party


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `payload` holds codes and digests; `detail` words, names and free text, kept apart so that it can be erased."""

    kind: str
    payload: bytes = b"{}"
    detail: bytes = b""
    cause: str = ""


@dataclass(slots=True)
class Lodge:
    """A document that was accepted and is to be kept.

    `body` is exactly what came in (its SHA-256 is the receipt's digest); `key` the idempotency key; `opening` the
    `lodged` event's payload. The journal fills `outcome`.
    """

    lane: int
    lodger: Party
    principal: Party
    service: str
    definition_version: str
    state: str
    sender_reference: str
    key: str
    body: bytes
    media: str
    digest: bytes
    opening: bytes
    summary: str
    mode: str = "live"
    actor: str = ""
    readers: tuple[Party, ...] = ()


@dataclass(slots=True)
class Change:
    """A change of one submission: `life` and `events` replace and follow version `expected` (version + 1 results).

    `key` (if any) makes it safe to repeat; `body` is a new version of the document (amendment). `readers` are parties
    that may see it from now on. `inserts` are rows of journal tables in the same lane (`issued`, `attachment`).
    """

    lane: int
    submission: UUID
    expected: int
    state: str
    life: bytes
    events: Sequence[Event]
    owner: Party = ""
    key: str = ""
    digest: bytes = b""
    body: bytes | None = None
    media: str = ""
    summary: str | None = None
    actor: str = ""
    readers: tuple[Party, ...] = ()
    inserts: tuple[tuple[str, dict[str, object]], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the lodger holds. `version` counts from 1; `digest` is the SHA-256 of the raw bytes, in hex."""

    reference: str
    service: str
    version: int
    definition_version: str
    state: str
    lodged_at: datetime
    digest: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Not written: `code` is `idempotency_key_reused`, `sender_reference_used` or `stale_version`."""

    code: str
    version: int = 0


class Journal(Protocol):
    """The only way in. One transaction for all commands of a call that share a node; answers when durable.

    Raises `refusals.NotDurable` when the database does not take it.
    """

    async def append(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]: ...

    def append_now(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]:
        """The same for callers without an event loop (pages, followers, the command line)."""
        ...


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission as its readers see it. `life` is empty until the first act."""

    lane: int
    id: UUID
    reference: str
    service: str
    definition_version: str
    lodger: Party
    principal: Party
    sender_reference: str
    mode: str
    state: str
    version: int
    life: bytes
    lodged_at: datetime
    changed_at: datetime
    digest: str
    summary: str
    opening: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it was kept, with its place in the lane and in the submission."""

    lane: int
    pos: int
    submission: UUID
    seq: int
    kind: str
    at: datetime
    actor: str
    payload: bytes
    detail: bytes = b""
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty fields do not narrow."""

    state: str = ""
    service: str = ""
    sender_reference: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a keyset-paged list; `after` is the opaque start of the next page, empty at the end."""

    rows: Sequence[object] = field(default_factory=tuple)
    after: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A row of a work list."""

    id: str
    agency: str
    role: str
    service: str
    stage: str
    state: str
    holder: str
    due_at: datetime | None
    opened_at: datetime
    lane: int
    submission: UUID
    reference: str
    summary: str
    version: int = 0


class Register(Protocol):
    """Reading submissions, always as an actor: rows it may not see do not exist."""

    def submission(self, actor: Actor, reference: str) -> Submission | None: ...

    def submissions(self, actor: Actor, wanted: Filter, after: str = "", limit: int = 50) -> Page: ...

    def body(self, actor: Actor, submission: Submission, version: int | None = None) -> tuple[bytes, str] | None: ...

    def events(self, actor: Actor, submission: Submission) -> list[StoredEvent]: ...


class Worklist(Protocol):
    """Tasks of the actor's agency."""

    def tasks(self, actor: Actor, wanted: Filter, after: str = "", limit: int = 50) -> Page: ...

    def task(self, actor: Actor, task_id: str) -> Task | None: ...


class World(Protocol):
    """What standing rules may ask: states, holders and balances of other submissions."""

    def standing(self, numbers: Iterable[str]) -> dict[str, Standing]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A referred submission or issued document as a standing rule sees it. `balances` is account → (available, unit)."""

    number: str
    service: str
    state: str
    lodger: Party
    principal: Party
    bound_to: str = ""
    expires: str = ""
    balances: dict[str, tuple[str, str]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
