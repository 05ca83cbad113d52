"""Writes companies, people, officers, mandates and keys as the database's owner: for setting an installation up."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

import psycopg

from onewindow.kernel.actor import Party
from onewindow.kernel.identity import id_from_cause
from onewindow.kernel.words import Words
from onewindow.storage.queries import query

KEY_BYTES = 32


class Enrolment:
    """One transaction's worth of accounts; everything is safe to repeat."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def knows_others(self, *, companies: list[str], logins: list[str]) -> bool:
        """Whether there is any company or login besides these."""
        row = self._connection.execute(
            query("knows_others").encode(), {"companies": companies, "logins": logins}
        ).fetchone()
        return bool(row and row[0])

    def company(self, company: str, *, name: Words, identifier: str, kind: str, mail: str) -> None:
        """The party `company:<company>`."""
        self._run("enrol_company", id=company, identifier=identifier, kind=kind, mail=mail, **_kept(name))

    def person(self, user_id: int, *, name: Words, mail: str, language: str = "en") -> None:
        """The person behind the login `user_id`."""
        self._run("enrol_person", user_id=user_id, mail=mail, language=language, **_kept(name))

    def seat(self, user_id: int, party: Party, roles: tuple[str, ...]) -> None:
        """The login acts for `party` (a company or an agency) with `roles`."""
        kind, _, code = party.partition(":")
        if kind == "agency":
            self._run("enrol_officer", user_id=user_id, agency=code, roles=list(roles))
        else:
            self._run("enrol_member", user_id=user_id, party=party, roles=list(roles))

    def mandate(self, *, principal: Party, agent: Party, from_at: datetime, until: datetime) -> None:
        """`agent` may lodge for `principal` from `from_at` until `until`."""
        identity = id_from_cause("mandate", principal, agent)
        self._run("enrol_mandate", id=identity, from_at=from_at, until=until, principal=principal, agent=agent)

    def key(self, key: str, party: Party, roles: tuple[str, ...], *, label: str, mode: str = "live") -> None:
        """`key` speaks for `party` with `roles`; only its SHA-256 is kept."""
        digest = sha256(key.encode()).digest()
        self._run("enrol_key", sha256=digest, party=party, roles=list(roles), scopes=[], mode=mode, label=label)

    def _run(self, statement: str, /, **values: object) -> None:
        self._connection.execute(query(statement).encode(), values)


def _kept(name: Words) -> dict[str, str]:
    """A Chinese name that only says the English one again is none."""
    return {"name": name.en, "name_zh": "" if name.zh_hant == name.en else name.zh_hant}


def fresh_key() -> str:
    """256 random bits, as text that survives copying."""
    return "ow_" + secrets.token_urlsafe(KEY_BYTES)
