"""The same server with the database call left out: what `bench lodge` compares with. Only the benchmark starts it.

Everything else is done: documents are checked, compressed, hashed and made into rows, which then go nowhere.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from onewindow.cli.bench.installation import WITHOUT_DATABASE
from onewindow.storage import door


class NoDatabase:
    """A connection as the journal uses it, that takes everything and keeps nothing."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Nothing is begun and nothing committed."""
        yield

    async def execute(self, statement: str, *values: object) -> str:
        """Done, in no time."""
        del statement, values
        return ""

    async def executemany(self, statement: str, values: object) -> None:
        """Done, in no time."""

    async def copy_to_table(self, table: str, **rows: object) -> str:
        """Done, in no time."""
        del table, rows
        return ""

    async def fetch(self, statement: str, *values: Sequence[int]) -> list[dict[str, int]]:
        """Heads of lanes that never move on; claims that nobody made."""
        lanes = values[0] if "before" in statement else ()
        return [{"lane": lane, "before": 0} for lane in lanes]

    async def fetchmany(self, statement: str, values: object) -> list[object]:
        """There are no submissions."""
        del statement, values
        return []

    def is_closed(self) -> bool:
        """It never was open."""
        return False

    def terminate(self) -> None:
        """There is nothing to end."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the driver
        """There is nothing to wait for."""


async def connect(dsn: str, *, durable: bool = True) -> NoDatabase:
    """In the place of `door.connect`."""
    del dsn, durable
    return NoDatabase()


if os.environ.get(WITHOUT_DATABASE) != "yes":
    raise RuntimeError("this server keeps nothing; it is there for the benchmark alone")
door.connect = connect

from onewindow.asgi import application  # noqa: E402 - only after the database was left out

__all__ = ["application"]
