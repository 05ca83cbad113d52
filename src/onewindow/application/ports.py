"""What the use cases need of the world. `storage` and `channels` implement it; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from onewindow.engine.checking.standing import Known
from onewindow.kernel.actor import Actor, Party


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `payload` holds codes and digests; `detail` words, names and free text, kept apart to be erasable."""

    kind: str
    payload: bytes = b"{}"
    detail: bytes = b""
    cause: str = ""


class Lodge(msgspec.Struct, gc=False):
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


class Receipt(msgspec.Struct, frozen=True, gc=False):
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


@dataclass(frozen=True, slots=True)
class Asked:
    """An idempotency key of `owner` and the digest it is used with now; `lane` is the submission's."""

    lane: int
    owner: Party
    key: str
    digest: bytes


class Journal(Protocol):
    """The only way in. One transaction for all commands of a call that share a node; answers when durable.

    Raises `refusals.NotDurable` when the database does not take it.
    """

    async def append(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]: ...

    def append_now(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]:
        """The same for callers without an event loop (pages, followers, the command line)."""
        ...

    async def answered(self, asked: Sequence[Asked]) -> list[Receipt | Conflict | None]:
        """What idempotency keys already stand for: to be asked before a refusal, and before the state of a submission.

        The receipt of the first answer, `idempotency_key_reused` for another digest, None for a fresh key. Raises
        `refusals.NotDurable`.
        """
        ...

    def answered_now(self, asked: Sequence[Asked]) -> list[Receipt | Conflict | None]:
        """The same for callers without an event loop."""
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
    """An event as it was kept, with its place in the lane and in the submission, and the version it made."""

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
    version: int = 0


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
    definition_version: str
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
    """What lodging asks of the world: other submissions and files by number, companies by identifier."""

    def standing(self, actor: Actor, numbers: Iterable[str], *, amending: str = "") -> dict[str, Known]:
        """What is known of these references, issued documents and the actor's own files. Raises NotDurable.

        Only what was lodged in the actor's mode counts. What the submission `amending` holds itself counts as free.
        """
        ...

    def parties(self, identifiers: Iterable[str]) -> dict[str, Party]:
        """The registered parties behind identifiers in documents; strangers are left out. Raises NotDurable."""
        ...


class RefusalTally(Protocol):
    """Refused attempts are counted, without content. Never waits and never fails."""

    def count(self, *, service: str, lodger: Party, mode: str, codes: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of a recipient's numbered log; `payload` is the event's."""

    number: int
    at: datetime
    kind: str
    service: str
    reference: str
    state: str
    payload: bytes


class Mailbox(Protocol):
    """The actor's own notices, in their order."""

    def notices(self, actor: Actor, *, after: int = 0, limit: int = 100) -> list[Notice]: ...
