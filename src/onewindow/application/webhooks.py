"""Use cases: a party has its notices sent to an address of its own, tries it, and has them sent again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from onewindow.application.ports import Notice
from onewindow.application.refusals import KeyReused, Malformed, NotFound, Refusal
from onewindow.kernel.actor import Actor
from onewindow.kernel.identity import id_from_cause

WEBHOOKS_MOST: Final = 20
REPLAYED_MOST: Final = 1_000
URL_MOST: Final = 500


class TooMany(Refusal):
    """A party has as many as it may."""

    code = "too_many_webhooks"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where notices go. `kinds` narrows them (empty: all); `secret` signs what is sent; disabled after long failure."""

    id: UUID
    url: str
    kinds: tuple[str, ...]
    created: datetime
    disabled_at: datetime | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery to make: its stable id, the notice's number (0 for a test) and the body."""

    id: UUID
    number: int
    payload: bytes


class Webhooks(Protocol):
    """A party's own webhooks. Every method raises NotDurable when the database is away."""

    def subscribe(self, actor: Actor, webhook: Webhook) -> Webhook:
        """Keep it, or give the one that has its id already."""
        ...

    def webhooks(self, actor: Actor) -> list[Webhook]: ...

    def webhook(self, actor: Actor, identity: UUID) -> Webhook | None: ...

    def remove(self, actor: Actor, identity: UUID) -> bool: ...

    def notices(self, actor: Actor, webhook: Webhook, after: int, limit: int) -> list[Notice]: ...

    def send(self, actor: Actor, webhook: Webhook, outgoing: Sequence[Outgoing], at: datetime) -> None: ...


def subscribe(
    hooks: Webhooks, actor: Actor, *, url: str, kinds: Sequence[str], key: str, at: datetime
) -> tuple[Webhook, bool]:
    """The webhook, and whether it was made before under the same key. Raises Malformed, TooMany, KeyReused."""
    _refuse_bad_address(url)
    wanted = Webhook(
        id_from_cause("webhook", actor.party, key), url, tuple(kinds), at, secret=secrets.token_urlsafe(32)
    )
    known = hooks.webhook(actor, wanted.id)
    if known is None and len(hooks.webhooks(actor)) >= WEBHOOKS_MOST:
        raise TooMany(f"You have {WEBHOOKS_MOST} webhooks, the most there may be. Remove one first.")
    kept = known or hooks.subscribe(actor, wanted)
    if (kept.url, kept.kinds) != (wanted.url, wanted.kinds):
        raise KeyReused("This Idempotency-Key was used for another webhook. Use a fresh key for each.")
    return kept, known is not None


def try_out(hooks: Webhooks, actor: Actor, identity: UUID, *, key: str, at: datetime) -> int:
    """Put a test notice (number 0) on its way; how many deliveries that is. Raises NotFound."""
    webhook = find(hooks, actor, identity)
    payload = _body(Notice(number=0, at=at, kind="test", service="", reference="", state="", payload=b"{}"))
    cause = id_from_cause("delivery", "test", webhook.id, key)
    hooks.send(actor, webhook, [Outgoing(cause, 0, payload)], at)
    return 1


def replay(hooks: Webhooks, actor: Actor, identity: UUID, *, after: int, key: str, at: datetime) -> int:
    """Put the notices after a number on their way again, a thousand at most. Raises NotFound."""
    webhook = find(hooks, actor, identity)
    notices = hooks.notices(actor, webhook, after, REPLAYED_MOST)
    outgoing = [
        Outgoing(id_from_cause("delivery", "replay", webhook.id, one.number, key), one.number, _body(one))
        for one in notices
    ]
    if outgoing:
        hooks.send(actor, webhook, outgoing, at)
    return len(outgoing)


def find(hooks: Webhooks, actor: Actor, identity: UUID) -> Webhook:
    """The actor's webhook. Raises NotFound."""
    found = hooks.webhook(actor, identity)
    if found is None:
        raise NotFound("There is no such webhook of yours. GET /api/v1/webhooks lists them.")
    return found


def _refuse_bad_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or len(url) > URL_MOST or not url.isascii() or not url.isprintable() or " " in url or "@" in url:
        raise Malformed("The url is an address such as https://example.org/notices, without user or password.")


def _body(notice: Notice) -> bytes:
    """A notice as `GET /notifications` shows it."""
    wire = {name: getattr(notice, name) for name in ("number", "at", "kind", "service", "reference", "state")}
    return msgspec.json.encode({**wire, "payload": msgspec.Raw(notice.payload)})
