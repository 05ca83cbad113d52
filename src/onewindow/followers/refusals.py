"""Finds for each refused attempt the document that was accepted afterwards: the time from refusal to acceptance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from onewindow.followers.follow import Connection
from onewindow.kernel.lane import lane_of
from onewindow.storage.queries import query

_AT_ONCE = 500


@dataclass(slots=True)
class RefusalFollower:
    """Looks again and again; a refusal without an acceptance is looked at for thirty days."""

    secret: bytes
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def tick(self, connection: Connection) -> bool:
        """One look at the open refusals. False: the next look can wait."""
        for row in connection.execute(query("refusals_open"), {"at": self.clock(), "many": _AT_ONCE}).fetchall():
            self._settle(connection, *row)
        return False

    def _settle(
        self, connection: Connection, refusal: object, at: datetime, service: str, lodger: str, mode: str
    ) -> None:
        lane = lane_of(lodger, self.secret)
        day = at.astimezone(UTC).date()
        wanted = {"lane": lane, "lodger": lodger, "day": day, "service": service, "mode": mode, "at": at}
        found = connection.execute(query("refusals_first_accepted"), wanted).fetchone()
        if found:
            connection.execute(query("refusals_accepted"), {"id": refusal, "accepted_at": found[0]})
