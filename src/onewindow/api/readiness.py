"""Whether this process can keep what it is given, and the figures a monitor asks for."""

from __future__ import annotations

from onewindow.api.metrics import Figure
from onewindow.application.refusals import NotDurable
from onewindow.bootstrap import Platform
from onewindow.storage.queries import query


def missing(platform: Platform) -> list[str]:
    """What is not ready; nothing when calls can be taken."""
    try:
        with platform.reader.seen_by_nobody() as connection:
            connection.execute("SELECT 1")
    except NotDurable:
        return ["database"]
    return []


def figures(platform: Platform) -> list[Figure]:
    """How far followers are behind the journal; nothing while the database is away."""
    try:
        with platform.reader.seen_by_nobody() as connection:
            rows = connection.execute(query("follower_lag").encode()).fetchall()
    except NotDurable:
        return []
    behind: list[tuple[tuple[str, ...], float]] = [((str(row["follower"]),), float(row["behind"])) for row in rows]
    return [Figure("onewindow_follower_behind_events", "Events a follower has still to read.", ("follower",), behind)]
