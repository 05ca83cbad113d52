"""Reading as somebody: every statement of a page runs under row-level security, as one party, in one transaction."""

from __future__ import annotations

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from psycopg import sql
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from onewindow.application.refusals import NotDurable
from onewindow.kernel.actor import Party

POOL_MOST = 8
POOL_SECONDS = 3.0
RETRY_SECONDS = 2
LIMITS = (
    "-c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000 -c jit=off"
    " -c default_transaction_isolation=read\\ committed"
)
"""Milliseconds: no page waits longer for one statement, one lock, or holds a transaction longer without a word."""

Connection = psycopg.Connection[DictRow]

log = structlog.get_logger(__name__)


class Reader:
    """A small pool of connections of one role. Opened when first used, so that it may be made before a fork."""

    def __init__(self, dsn: str, *, most: int = POOL_MOST) -> None:
        self._lock = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None
        self._most = most
        self._dsn = dsn

    @contextmanager
    def seen_by(self, party: Party) -> Iterator[Connection]:
        """A transaction in which only rows that `party` may see exist. Raises NotDurable when the database is away."""
        with self._transaction(party) as connection:
            yield connection

    @contextmanager
    def seen_by_nobody(self) -> Iterator[Connection]:
        """A transaction without a tenant: for the few questions that are asked before there is one."""
        with self._transaction("") as connection:
            yield connection

    def close(self) -> None:
        """Hang up."""
        if self._pool is not None:
            self._pool.close()

    @contextmanager
    def _transaction(self, party: Party) -> Iterator[Connection]:
        try:
            connection = self._begin(party)
        except (psycopg.OperationalError, PoolTimeout) as fault:
            raise away(fault) from fault
        try:
            yield connection
            connection.commit()
        except (psycopg.OperationalError, psycopg.errors.QueryCanceled) as fault:
            _roll_back(connection)
            raise away(fault) from fault
        except BaseException:
            _roll_back(connection)
            raise
        finally:
            self._open().putconn(connection)

    def _begin(self, party: Party) -> Connection:
        """A connection with its tenant set; those that died while they lay in the pool are thrown away."""
        pool = self._open()
        for _ in range(self._most + 1):
            connection = pool.getconn(POOL_SECONDS)
            if _has_news(connection):
                connection.close()
                pool.putconn(connection)
                continue
            try:
                # Without a tenant a statement is a transaction of its own: two trips less for each login and key.
                connection.autocommit = not party
                if party:
                    connection.execute(sql.SQL("SET LOCAL onewindow.party = {}").format(sql.Literal(party)))
            except psycopg.OperationalError as fault:
                log.info("connection_lost", fault=str(fault))
                pool.putconn(connection)
            else:
                return connection
        raise psycopg.OperationalError("every connection was lost")

    def _open(self) -> ConnectionPool[Connection]:
        with self._lock:
            if self._pool is None:
                arguments: dict[str, Any] = {"row_factory": dict_row, "options": LIMITS, "connect_timeout": 3}
                self._pool = ConnectionPool(
                    self._dsn,
                    kwargs=arguments,
                    min_size=0,
                    max_size=self._most,
                    max_idle=300,
                    reconnect_timeout=5,
                    open=True,
                )
            return self._pool


def away(fault: Exception) -> NotDurable:
    """Nothing was changed; try again soon."""
    log.warning("database_away", fault=str(fault))
    return NotDurable("The records cannot be reached just now. Try again in a moment.", retry_after=RETRY_SECONDS)


def _has_news(connection: Connection) -> bool:
    """True when something came in on a connection that waits for nothing: nearly always, that the server hung up."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _roll_back(connection: Connection) -> None:
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()
