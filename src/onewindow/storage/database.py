"""The installation's own database on the embedded server."""

from __future__ import annotations

import psycopg
from psycopg import sql

from onewindow.storage.embedded import ServerAddress

NAME = "onewindow"


def ensure_database(address: ServerAddress) -> str:
    """The connection string of the database `onewindow`, entered as its owner; made when there is none."""
    with psycopg.connect(address.dsn(), autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (NAME,)).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    return address.dsn(NAME)
