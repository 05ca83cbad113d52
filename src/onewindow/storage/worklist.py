"""Work lists and notices as their owners see them: `ports.Worklist` and `ports.Mailbox` under row-level security."""

from __future__ import annotations

import time
from datetime import datetime

from psycopg.rows import DictRow

from onewindow.application.ports import Filter, Notice, Page, Task
from onewindow.kernel.actor import Actor
from onewindow.kernel.reference import lane_of_reference, normalise
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader

MOST_ROWS = 200
BEGINNING = "-infinity"
SEARCHED = 5_000
POLL_SECONDS = 0.02


class PostgresWorklist:
    """Open tasks, the most urgent first; those without a deadline last."""

    def __init__(self, reader: Reader, secret: bytes) -> None:
        self._reader = reader
        self._secret = secret

    def tasks(self, actor: Actor, wanted: Filter, after: str = "", limit: int = 50) -> Page:
        """See `ports.Worklist`: tasks for any of the actor's roles. Raises NotDurable, as every method here.

        Words are a reference, or looked for in the summaries of the `SEARCHED` most urgent tasks of each role.
        """
        return self._page(actor, _statement_for(wanted), wanted, after, limit)

    def held(self, actor: Actor, wanted: Filter, after: str = "", limit: int = 50) -> Page:
        """Tasks that the actor holds, as `actor.user` or else as its party."""
        return self._page(actor, "list_held_tasks", wanted, after, limit)

    def task(self, actor: Actor, task_id: str) -> Task | None:
        """See `ports.Worklist`; a closed task is found too."""
        with self._reader.seen_by(actor.party) as connection:
            place = {"agency": actor.agency, "id": task_id}
            row = connection.execute(query("find_task").encode(), place).fetchone()
        return _task(row) if row else None

    def _page(self, actor: Actor, statement: str, wanted: Filter, after: str, limit: int) -> Page:
        limit = max(1, min(limit, MOST_ROWS))
        due, name = _place(after)
        values = {
            "agency": actor.agency,
            "roles": sorted(actor.roles),
            "holder": actor.user or actor.party,
            "service": wanted.service,
            "state": wanted.state,
            "words": wanted.words.strip(),
            "reference": normalise(wanted.words),
            "lane": lane_of_reference(wanted.words, self._secret),
            "window": SEARCHED,
            "due": due,
            "after": name,
            "limit": limit + 1,
        }
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query(statement).encode(), values).fetchall()
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(tuple(map(_task, rows[:limit])), _after(last) if last else "")


class PostgresMailbox:
    """Each recipient's numbered notices."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def notices(self, actor: Actor, *, after: int = 0, limit: int = 100) -> list[Notice]:
        """See `ports.Mailbox`. Raises NotDurable."""
        values = {"recipient": actor.party, "after": after, "limit": max(1, min(limit, MOST_ROWS))}
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("list_notices").encode(), values).fetchall()
        return [Notice(**row) for row in rows]


class PostgresFollowed:
    """Waits until a follower has read all that stands in a lane now."""

    def __init__(self, reader: Reader, follower: str = "worklist") -> None:
        self._reader = reader
        self._follower = follower

    def wait(self, lane: int, seconds: float) -> bool:
        """True as soon as work lists show what was written to the lane; False after `seconds`."""
        goal, pos = self._progress(lane)
        until = time.monotonic() + seconds
        while pos < goal and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
            _, pos = self._progress(lane)
        return pos >= goal

    def _progress(self, lane: int) -> tuple[int, int]:
        with self._reader.seen_by_nobody() as connection:
            place = {"lane": lane, "follower": self._follower}
            row = connection.execute(query("lane_progress").encode(), place).fetchone()
        return (row["head"], row["pos"]) if row else (0, 0)


def _statement_for(wanted: Filter) -> str:
    """Which statement answers a filter by an index; the rest is filtered on the way."""
    if normalise(wanted.words) is not None:
        return "list_tasks_of_reference"
    if wanted.words.strip():
        return "list_tasks_with_words"
    if wanted.state not in ("", "pending"):
        return "list_tasks_in_state"
    return "list_tasks_of_service" if wanted.service else "list_tasks"


def _task(row: DictRow) -> Task:
    return Task(
        id=row["id"],
        agency=row["agency"],
        role=row["role"],
        service=row["service"],
        definition_version=row["definition_version"],
        stage=row["stage"],
        state=row["state"],
        holder=row["holder"],
        due_at=row["due_at"],
        opened_at=row["opened_at"],
        lane=row["lane"],
        submission=row["submission"],
        reference=row["reference"],
        summary=row["summary"],
        version=row["version"],
    )


def _after(row: DictRow) -> str:
    """Where the next page begins, in letters that an address carries as they are."""
    due = str(row["due_key"]).replace(" ", "T").replace("+00", "Z")
    return f"{due}~{row['id']}"


def _place(after: str) -> tuple[str, str]:
    """Where a page begins: a deadline as PostgreSQL reads it, and a task's name. Nonsense begins at the beginning."""
    due, _, name = after.partition("~")
    if due == "infinity":
        return due, name
    try:
        datetime.fromisoformat(due)
    except ValueError:
        return BEGINNING, ""
    return due, name
