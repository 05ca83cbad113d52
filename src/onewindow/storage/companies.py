"""What a company manages itself: its keys and whom it lets lodge for it, under row-level security."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from onewindow.kernel.actor import Actor
from onewindow.kernel.identity import new_id
from onewindow.kernel.words import Words, registered_name
from onewindow.storage.enrolment import fresh_key
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader


@dataclass(frozen=True, slots=True)
class Company:
    """A registered company; `identifier` is its business registration number."""

    id: str
    name: str
    name_zh: str
    identifier: str
    kind: str
    mail: str

    @property
    def party(self) -> str:
        return f"company:{self.id}"

    @property
    def names(self) -> Words:
        """The registered name in every language."""
        return registered_name(self.name, self.name_zh)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its digest, and what it may do (empty scopes: all that its roles may)."""

    sha256: bytes
    created: datetime
    revoked_at: datetime | None
    roles: Sequence[str]
    scopes: Sequence[str]
    mode: str
    label: str

    @property
    def mark(self) -> str:
        """What names it in an address."""
        return self.sha256.hex()


@dataclass(frozen=True, slots=True)
class Mandate:
    """`given` by this company to another one, or held from it; empty services mean all."""

    id: UUID
    from_at: datetime
    until: datetime | None
    revoked_at: datetime | None
    services: Sequence[str]
    given: bool
    other_name: str
    other_name_zh: str

    @property
    def other_names(self) -> Words:
        """The other company's name in every language."""
        return registered_name(self.other_name, self.other_name_zh)


class PostgresCompanies:
    """Every method acts as the party and sees only what is its own. All raise NotDurable."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def own(self, actor: Actor) -> Company | None:
        """The actor's company; None for a person or an agency."""
        with self._reader.seen_by(actor.party) as connection:
            row = connection.execute(query("own_company").encode(), {"party": actor.party}).fetchone()
        return Company(**row) if row else None

    def registered(self, actor: Actor, identifier: str) -> Company | None:
        """The company with this business registration number."""
        with self._reader.seen_by(actor.party) as connection:
            row = connection.execute(query("company_by_identifier").encode(), {"identifier": identifier}).fetchone()
        return Company(**row) if row else None

    def chinese_names(self, actor: Actor, names: Iterable[str]) -> dict[str, str]:
        """Chinese names by the registered English ones; texts that name no company, or several, are left out."""
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("chinese_names").encode(), {"names": sorted(set(names))}).fetchall()
        return {row["name"]: row["name_zh"] for row in rows}

    def keys(self, actor: Actor) -> list[Key]:
        """The party's keys, newest first."""
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("own_keys").encode(), {"party": actor.party}).fetchall()
        return [Key(**{**row, "sha256": bytes(row["sha256"])}) for row in rows]

    def make_key(
        self, actor: Actor, *, label: str, scopes: Sequence[str], roles: Sequence[str], mode: str, at: datetime
    ) -> str:
        """A fresh key; it is shown this once and cannot be read again."""
        key = fresh_key()
        values = {
            "sha256": sha256(key.encode()).digest(),
            "at": at,
            "party": actor.party,
            "roles": list(roles),
            "scopes": list(scopes),
            "mode": mode,
            "label": label,
        }
        with self._reader.seen_by(actor.party) as connection:
            connection.execute(query("make_key").encode(), values)
        return key

    def revoke_key(self, actor: Actor, mark: str, at: datetime) -> bool:
        """True when a key of the party's was in force under this mark."""
        digest = bytes.fromhex(mark)
        with self._reader.seen_by(actor.party) as connection:
            values = {"sha256": digest, "party": actor.party, "at": at}
            return connection.execute(query("revoke_key").encode(), values).rowcount > 0

    def mandates(self, actor: Actor) -> list[Mandate]:
        """Mandates given and held."""
        with self._reader.seen_by(actor.party) as connection:
            rows = connection.execute(query("own_mandates").encode(), {"party": actor.party}).fetchall()
        return [Mandate(**row) for row in rows]

    def give_mandate(
        self, actor: Actor, agent: Company, *, until: datetime, services: Sequence[str], at: datetime
    ) -> None:
        """`agent` may lodge for the actor's company until then."""
        values = {
            "id": new_id(),
            "at": at,
            "until": until,
            "party": actor.party,
            "agent": agent.party,
            "services": list(services),
        }
        with self._reader.seen_by(actor.party) as connection:
            connection.execute(query("give_mandate").encode(), values)

    def end_mandate(self, actor: Actor, identity: UUID, at: datetime) -> bool:
        """True when a mandate the company gave was in force."""
        with self._reader.seen_by(actor.party) as connection:
            values = {"id": identity, "party": actor.party, "at": at}
            return connection.execute(query("end_mandate").encode(), values).rowcount > 0
