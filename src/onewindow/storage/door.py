"""The journal's connections: entered as `door`, and only to a database that keeps what it acknowledges."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from onewindow.storage.queries import query

Connection = Any
"""An asyncpg connection; the package publishes no types."""

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 30.0


class UnsafeDatabase(Exception):
    """The server would acknowledge what it may lose: turn on the settings that the message names."""


LOST = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
)
"""What a driver raises when the server is away or went away.

InternalClientError is how asyncpg says that the server ended the session between two statements, and has not hung up.
"""

PASSING = (
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""What a server says that cannot take it now: shutting down, closed, full, locked, not yet migrated, failing over."""


async def connect(dsn: str, *, durable: bool = True) -> Connection:
    """A connection that waits at most `STATEMENT_SECONDS` for anything.

    With `durable` false commits are not waited for: only for showing that the survival test sees loss. Raises
    UnsafeDatabase, or what the driver raises when the server is away.
    """
    milliseconds = str(int(STATEMENT_SECONDS * 1000))
    settings = {
        "application_name": "onewindow-door",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": milliseconds,
        "jit": "off",
        # Every statement finds its rows by key; a plan made while the tables were empty must not say otherwise later.
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
    }
    if not durable:
        settings["synchronous_commit"] = "off"
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS + 5, server_settings=settings
    )
    try:
        if durable:
            refuse_unsafe(dict(await connection.fetchrow(query("safety"))))
    except BaseException:
        connection.terminate()
        raise
    return connection


def refuse_unsafe(settings: dict[str, str]) -> None:
    """Raise UnsafeDatabase unless a commit that was answered survives a crash."""
    off = sorted(name for name, value in settings.items() if value == "off")
    if off:
        raise UnsafeDatabase(
            f"The database runs with {', '.join(off)} off and could lose what it acknowledged. Turn it on."
        )
