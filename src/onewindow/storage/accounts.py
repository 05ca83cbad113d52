"""From a key or a login to the actors behind it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from psycopg.rows import DictRow

from onewindow.kernel.actor import Actor
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader


class Accounts:
    """Keys, memberships, officers and mandates in force now."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def actor_of_key(self, digest: bytes) -> Actor | None:
        """Who holds the key with this SHA-256; None when there is none in force. Raises NotDurable."""
        with self._reader.seen_by_nobody() as connection:
            row = connection.execute(
                query("actor_of_key").encode(), {"digest": digest, "at": datetime.now(UTC)}
            ).fetchone()
        return _actor(row) if row else None

    async def key_holder(self, digest: bytes) -> Actor | None:
        """The same for the machine door."""
        return await asyncio.to_thread(self.actor_of_key, digest)

    def actors_of(self, user_id: int) -> list[Actor]:
        """Every party a login may act for: companies, agencies, and the person itself last. Raises NotDurable."""
        with self._reader.seen_by_nobody() as connection:
            rows = connection.execute(
                query("actors_of_user").encode(), {"login": user_id, "at": datetime.now(UTC)}
            ).fetchall()
        return [_actor({"scopes": [], "mode": "live", **row}, user=str(user_id)) for row in rows]


def _actor(row: DictRow, user: str = "") -> Actor:
    return Actor(
        party=row["party"],
        name=row["name"],
        name_zh=row["name_zh"],
        user=user,
        roles=frozenset(row["roles"]),
        principals=frozenset(row["principals"]),
        scopes=frozenset(row["scopes"]),
        mode=row["mode"],
    )
