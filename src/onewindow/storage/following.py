"""Waiting, briefly, until work lists show what was just written."""

from __future__ import annotations

import time

from onewindow.application.refusals import NotDurable
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader

_PAUSE_SECONDS = 0.02
FOLLOWER = "worklist"


class WorklistFollowed:
    """`application.desk.Followed` over a reader's connections."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def wait(self, lane: int, seconds: float) -> bool:
        """True when the work list has read what the lane held just now; False when it is late, or the database away."""
        until = time.monotonic() + seconds
        try:
            wanted, read = self._progress(lane)
            while read < wanted:
                if time.monotonic() > until:
                    return False
                time.sleep(_PAUSE_SECONDS)
                read = self._progress(lane)[1]
        except NotDurable:
            return False
        return True

    def _progress(self, lane: int) -> tuple[int, int]:
        with self._reader.seen_by_nobody() as connection:
            row = connection.execute(query("lane_progress").encode(), {"lane": lane, "follower": FOLLOWER}).fetchone()
        return (int(row["head"]), int(row["pos"])) if row else (0, 0)
