"""Which versions of definitions must be kept: those that documents were lodged under."""

from __future__ import annotations

from collections.abc import Collection

import psycopg
import structlog

from onewindow.storage.queries import query

CONNECT_S = 5
log = structlog.get_logger(__name__)

Version = tuple[str, str]
"""A service's id and a version of its definition."""


def missing_versions(follower_dsn: str, kept: Collection[Version]) -> list[Version]:
    """Versions that documents were lodged under and that are not among `kept`, which are remembered as served.

    Quick while nothing is missing; what was taken away unused is looked for once, then forgotten. A database that does
    not answer, or was not migrated yet, keeps nobody from starting: nothing is lodged before it is ready.
    """
    names = {"services": [service for service, _ in kept], "versions": [version for _, version in kept]}
    try:
        with psycopg.connect(follower_dsn, connect_timeout=CONNECT_S) as connection:
            connection.execute(query("versions_served").encode(), names)
            connection.execute(query("versions_forgotten").encode(), names)
            return list(connection.execute(query("versions_missing").encode(), names).fetchall())
    except psycopg.Error as error:
        log.warning("versions_not_compared", error=str(error))
        return []
