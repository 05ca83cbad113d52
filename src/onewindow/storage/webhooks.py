"""A party's webhooks: `application.webhooks.Webhooks` under row-level security."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from onewindow.application.ports import Notice
from onewindow.application.webhooks import WEBHOOKS_MOST, Outgoing, Webhook
from onewindow.kernel.actor import Actor
from onewindow.storage.queries import query
from onewindow.storage.tenant import Connection, Reader


class PostgresWebhooks:
    """Subscriptions, and deliveries that their owner asks for; the followers make all the others."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def subscribe(self, actor: Actor, webhook: Webhook) -> Webhook:
        """See `Webhooks`."""
        values = {
            "id": webhook.id,
            "created": webhook.created,
            "party": actor.party,
            "url": webhook.url,
            "secret": webhook.secret,
            "kinds": list(webhook.kinds),
        }
        with self._reader.seen_by(actor.party) as connection:
            connection.execute(query("subscribe_webhook").encode(), values)
            return _found(connection, actor, webhook.id) or webhook

    def webhooks(self, actor: Actor) -> list[Webhook]:
        """See `Webhooks`."""
        rows = self._rows(actor, "list_webhooks", most=WEBHOOKS_MOST)
        return [_webhook({**row, "secret": ""}) for row in rows]

    def webhook(self, actor: Actor, identity: UUID) -> Webhook | None:
        """See `Webhooks`."""
        with self._reader.seen_by(actor.party) as connection:
            return _found(connection, actor, identity)

    def remove(self, actor: Actor, identity: UUID) -> bool:
        """See `Webhooks`."""
        with self._reader.seen_by(actor.party) as connection:
            done = connection.execute(query("remove_webhook").encode(), {"party": actor.party, "id": identity})
            return done.rowcount > 0

    def notices(self, actor: Actor, webhook: Webhook, after: int, limit: int) -> list[Notice]:
        """See `Webhooks`."""
        wanted = {"after": after, "kinds": list(webhook.kinds), "limit": limit}
        return [Notice(**row) for row in self._rows(actor, "notices_to_send_again", **wanted)]

    def send(self, actor: Actor, webhook: Webhook, outgoing: Sequence[Outgoing], at: datetime) -> None:
        """See `Webhooks`."""
        values = {
            "at": at,
            "subscription": webhook.id,
            "party": actor.party,
            "target": webhook.url,
            "ids": [one.id for one in outgoing],
            "numbers": [one.number for one in outgoing],
            "payloads": [one.payload for one in outgoing],
        }
        with self._reader.seen_by(actor.party) as connection:
            connection.execute(query("send_by_webhook").encode(), values)

    def _rows(self, actor: Actor, statement: str, /, **values: Any) -> list[DictRow]:
        with self._reader.seen_by(actor.party) as connection:
            return connection.execute(query(statement).encode(), {"party": actor.party, **values}).fetchall()


def _found(connection: Connection, actor: Actor, identity: UUID) -> Webhook | None:
    values = {"party": actor.party, "id": identity}
    row = connection.execute(query("find_webhook").encode(), values).fetchone()
    return _webhook(row) if row else None


def _webhook(row: DictRow) -> Webhook:
    return Webhook(row["id"], row["url"], tuple(row["kinds"]), row["created"], row["disabled_at"], row["secret"])
