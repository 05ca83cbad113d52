"""Sends what notices have queued: webhooks and mails, at least once, each with a stable id.

A route is one subscription (or one mail). It is served by one thread at a time and in order; a receiver that does not
answer has all that waits for it put off, so nobody else waits behind it.
"""

from __future__ import annotations

import asyncio
import random
import smtplib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import structlog

from onewindow.followers.follow import Connection, connect
from onewindow.followers.mail import Post, message_of
from onewindow.followers.webhook import TIMEOUT_SECONDS, Answer, Parcel, send
from onewindow.storage.queries import query

ROUTES_AT_ONCE = 8
_IN_A_LEASE = 5
LEASE = timedelta(seconds=90)
"""Longer than `_IN_A_LEASE` time limits together."""
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=14)

_REMOVED = "the webhook was removed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A leased delivery."""

    id: UUID
    carrier: str
    subscription: UUID | None
    number: int
    attempts: int
    target: str
    payload: bytes
    made: datetime


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Deliverer:
    """Serves routes in a few threads. `allow_private` only in a demonstration, whose receivers are on this machine."""

    dsn: str
    post: Post
    domain: str
    allow_private: bool = False
    clock: Callable[[], datetime] = now
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(ROUTES_AT_ONCE, "delivery"))
    _running: dict[UUID, Future[None]] = field(default_factory=dict)

    def tick(self, connection: Connection) -> bool:
        """Give free threads a route each; True when any was found."""
        self._running = {route: future for route, future in self._running.items() if not future.done()}
        free = ROUTES_AT_ONCE - len(self._running)
        if not free:
            return False
        wanted = {"at": self.clock(), "busy": list(self._running), "many": free}
        routes = [route for (route,) in connection.execute(query("deliveries_routes"), wanted)]
        for route in routes:
            self._running[route] = self._pool.submit(self._serve, route)
        return bool(routes)

    def close(self) -> None:
        """Wait for what is being sent."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _serve(self, route: UUID) -> None:
        try:
            with connect(self.dsn) as connection:
                asyncio.run(self._serve_on(connection, route))
        except Exception:
            log.exception("delivery_failed", route=str(route))

    async def _serve_on(self, connection: Connection, route: UUID) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            while taken := self._take(connection, route):
                for outgoing in taken:
                    answer = await self._send(client, connection, outgoing)
                    if not self._settle(connection, outgoing, answer):
                        self._put_off(connection, outgoing, taken)
                        return

    def _take(self, connection: Connection, route: UUID) -> list[Outgoing]:
        at = self.clock()
        wanted = {"route": route, "at": at, "lease": at + LEASE, "many": _IN_A_LEASE}
        taken = [Outgoing(*row) for row in connection.execute(query("deliveries_take"), wanted)]
        return sorted(taken, key=lambda one: (one.number, one.id))

    async def _send(self, client: httpx.AsyncClient, connection: Connection, outgoing: Outgoing) -> Answer:
        if outgoing.carrier == "mail":
            return await asyncio.to_thread(self._mail, outgoing)
        row = connection.execute(query("deliveries_secret"), {"id": outgoing.subscription}).fetchone()
        if row is None:
            return Answer(0, _REMOVED)
        parcel = Parcel(outgoing.id, outgoing.target, row[0], outgoing.payload)
        return await send(client, parcel, allow_private=self.allow_private)

    def _mail(self, outgoing: Outgoing) -> Answer:
        try:
            message = message_of(outgoing.payload, recipient=outgoing.target, domain=self.domain, delivery=outgoing.id)
            self.post.send(message, outgoing.id)
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            return Answer(0, f"{type(fault).__name__}: {fault}"[:200])
        return Answer(0)

    def _settle(self, connection: Connection, outgoing: Outgoing, answer: Answer) -> bool:
        """Write down how it went; True when the route may go on."""
        at, values = self.clock(), {"id": outgoing.id, "status": answer.status}
        if answer.arrived:
            connection.execute(query("deliveries_done"), {**values, "at": at})
            return True
        next_at = None if answer.said == _REMOVED else retry_at(outgoing, at)
        failed: dict[str, Any] = {**values, "said": answer.said.replace("\x00", ""), "next_at": next_at}
        connection.execute(query("deliveries_failed"), failed)
        log.info("delivery_not_taken", delivery=str(outgoing.id), attempts=outgoing.attempts, said=answer.said)
        return False

    def _put_off(self, connection: Connection, failed: Outgoing, taken: list[Outgoing]) -> None:
        """Whatever else waits for the same receiver waits until the failed one is tried again."""
        if failed.subscription is not None:
            leased = [one.id for one in taken if one.number > failed.number]
            wanted = {"failed": failed.id, "subscription": failed.subscription, "leased": leased}
            connection.execute(query("deliveries_put_off"), wanted)


def retry_at(outgoing: Outgoing, at: datetime) -> datetime | None:
    """When to try again: each pause four times the last, with a fifth of chance; None when it is given up."""
    if at - outgoing.made > GIVEN_UP_AFTER:
        return None
    pause: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** min(outgoing.attempts - 1, 10))
    return at + pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, keeps no secret
