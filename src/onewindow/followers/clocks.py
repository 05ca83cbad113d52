"""Notices broken pledges by their deadline, and keeps the house: partitions ahead, old keys away.

Work lists say where a pledge may be broken; the life itself decides, so that a list which lags breaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from onewindow.application.breach_pledge import breach_pledges
from onewindow.application.desk import Desk
from onewindow.application.refusals import Refusal
from onewindow.followers.follow import Connection
from onewindow.kernel.lane import LANES
from onewindow.kernel.task_id import parse_task_id
from onewindow.storage.queries import query

_AT_ONCE = 200
KEYS_KEPT = timedelta(days=8)
"""The contract promises seven days."""
_SILENCE = timedelta(minutes=5)
_UNTIL_FILED = timedelta(seconds=5)
"""A pledge that was just said to be broken stands in the list until the list is filed."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ClockFollower:
    """Says broken pledges. A leg that cannot be judged is left alone for a while, so that it holds up no other."""

    desk: Desk
    _silent: dict[str, datetime] = field(default_factory=dict)

    def tick(self, connection: Connection) -> bool:
        """Look once; True when a pledge was said to be broken."""
        at = self.desk.clock()
        self._silent = {task: until for task, until in self._silent.items() if until > at}
        due = connection.execute(query("clocks_due"), {"at": at, "many": _AT_ONCE + len(self._silent)}).fetchall()
        return sum(self._say(task, at) for _, _, task in due if task not in self._silent) > 0

    def _say(self, task: str, at: datetime) -> bool:
        place = parse_task_id(task)
        try:
            said = place is not None and breach_pledges(self.desk, *place) is not None
        except Refusal as refused:
            log.warning("pledge_not_judged", task=task, refused=str(refused))
            self._silent[task] = at + _SILENCE
            return False
        if not said:
            self._silent[task] = at + _UNTIL_FILED
        return said


@dataclass(slots=True)
class Housekeeping:
    """Partitions ahead at every tick, and once an hour the idempotency keys that were kept long enough."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _next: datetime | None = None

    def tick(self, connection: Connection) -> bool:
        """Do it when it is time. False: there is never more to do at once."""
        at = self.clock()
        connection.execute(query("partitions_ahead"))
        if self._next is None or at >= self._next:
            self._next = at + timedelta(hours=1)
            for lane in LANES:
                connection.execute(query("keys_outlived"), {"lane": lane, "before": (at - KEYS_KEPT).date()})
        return False
