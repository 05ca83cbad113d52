"""A real server on a free port, with accounts of its own, for tests that talk to it as strangers do."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql

from onewindow.cli.processes import start, stop, wait_until_ready
from onewindow.kernel.words import Words
from onewindow.storage.embedded import ServerAddress
from onewindow.storage.enrolment import Enrolment, fresh_key
from onewindow.storage.queries import query
from servers import free_port

READY_S = 90.0
STOP_S = 20.0
SERVICE = "import-declaration"
COMPANIES = {"trader": "10000001-000", "test": "10000001-000", "other": "20000002-000"}
"""Business registration numbers of those who lodge."""


@dataclass(frozen=True, slots=True)
class Door:
    """The server's address, the owner's way into its database, and keys by the name of who holds them."""

    host: str
    port: int
    owner_dsn: str
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def client(self, who: str = "trader") -> httpx.Client:
        """A client with the key of `who`; nobody's without a key."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"} if who else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)

    def example(self, service: str = SERVICE) -> dict[str, Any]:
        """A document that is accepted today, with a fresh sender's reference."""
        with self.client() as client:
            found: dict[str, Any] = client.get(f"/services/{service}/example").json()
        return found

    def lodge(self, document: dict[str, Any] | None = None, who: str = "trader") -> dict[str, Any]:
        """The receipt of a document, of an example when none is given."""
        with self.client(who) as client:
            body = document or named(self.example(), COMPANIES[who])
            answer = client.post(f"/services/{SERVICE}/submissions", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def submissions_kept(self) -> int:
        """How many submissions there are at all."""
        with psycopg.connect(self.owner_dsn) as connection:
            row = connection.execute("SELECT count(*) FROM reference").fetchone()
        assert row is not None
        return int(row[0])

    def raw(self, request: bytes) -> tuple[int, bytes]:
        """Send bytes as they are; the status and everything that came back. Status 0: hung up without an answer."""
        with socket.create_connection((self.host, self.port), timeout=30) as connection:
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer and (piece := connection.recv(65536)):
                answer += piece
        return (int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0), answer


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency-Key": secrets.token_hex(8)}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal, which must have this status and code and say what to do."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert len(body["detail"].split()) > 3
    return body


@contextmanager
def running(postgres: ServerAddress, folder: Path, **environment: str) -> Iterator[Door]:
    """A migrated database with accounts, a server and its followers; gone afterwards."""
    dsn = migrated(postgres, folder)
    with serving(dsn, folder, keys_of(dsn), **environment) as door:
        yield door


def migrated(postgres: ServerAddress, folder: Path) -> str:
    """A database of its own, migrated with the secret in `folder`; how its owner enters it."""
    dsn = _database(postgres, f"door_{secrets.token_hex(4)}")
    migration = start("migration", ("migrate",), {"DATABASE_URL": dsn, "DATA_DIR": str(folder)})
    assert migration.process.wait(120) == 0
    return dsn


@contextmanager
def serving(dsn: str, folder: Path, keys: dict[str, str], **environment: str) -> Iterator[Door]:
    """A server and its followers on a database that outlives them."""
    port = free_port()
    settings = {
        "DATABASE_URL": dsn,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WORKERS": "2",
        "LOG_LEVEL": "warning",
        **environment,
    }
    children = [start("server", ("serve",), settings), start("followers", ("follow",), settings)]
    try:
        wait_until_ready(children[0], "127.0.0.1", port, patience_s=READY_S)
        yield Door("127.0.0.1", port, dsn, keys)
    finally:
        stop(children, patience_s=STOP_S)


def _database(postgres: ServerAddress, name: str) -> str:
    owner = f"{name}_owner"
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        make = "CREATE ROLE {} LOGIN CREATEROLE BYPASSRLS PASSWORD {}"
        connection.execute(sql.SQL(make).format(sql.Identifier(owner), sql.Literal(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    return f"postgresql://{owner}:{name}@/{name}?{_place(postgres)}"


def _place(postgres: ServerAddress) -> str:
    return postgres.dsn("x").partition("?")[2]


def keys_of(dsn: str) -> dict[str, str]:
    """Makes the accounts of a migrated database; their keys by the name of who holds them."""
    now = datetime.now(UTC)
    with psycopg.connect(dsn) as connection:
        enrolment = Enrolment(connection)
        for company, identifier in (
            ("alpha", COMPANIES["trader"]),
            ("beta", COMPANIES["other"]),
            ("agent", "10000003-000"),
        ):
            words = Words(company.title(), company, company)
            enrolment.company(company, name=words, identifier=identifier, kind="trader", mail="")
        enrolment.mandate(principal="company:alpha", agent="company:agent", from_at=now, until=now + timedelta(days=9))
        officer = ("declaration-officer", "inspection-officer")
        return {
            "trader": _key(connection, "company:alpha", ("trader", "importer")),
            "other": _key(connection, "company:beta", ("trader", "importer")),
            "test": _key(connection, "company:alpha", ("trader",), mode="test"),
            "reader": _key(connection, "company:alpha", ("trader",), scopes=("read",)),
            "revoked": _key(connection, "company:alpha", ("trader",), revoked_at=now - timedelta(days=1)),
            "officer": _key(connection, "agency:ced", officer),
            "agent": _key(connection, "company:agent", ("broker",)),
            "stranger": _key(connection, "agency:afcd", ("licensing-officer",)),
            "monitor": _key(connection, "agency:ced", (), scopes=("metrics",)),
        }


def _key(
    connection: psycopg.Connection,
    party: str,
    roles: tuple[str, ...],
    *,
    scopes: tuple[str, ...] = (),
    mode: str = "live",
    revoked_at: datetime | None = None,
) -> str:
    fresh = fresh_key()
    digest = sha256(fresh.encode()).digest()
    values = {"sha256": digest, "party": party, "roles": list(roles), "scopes": list(scopes), "mode": mode}
    connection.execute(query("enrol_key").encode(), {**values, "label": f"{party} {mode}"})
    connection.execute("UPDATE api_key SET revoked_at = %s WHERE sha256 = %s", (revoked_at, digest))
    return fresh


def named(document: dict[str, Any], importer: str) -> dict[str, Any]:
    """The document with this importer's number."""
    return {**document, "importer": {**document["importer"], "identifier_type": "br", "identifier": importer}}


def as_line(document: dict[str, Any]) -> bytes:
    """A document as a line of a batch."""
    return json.dumps(document).encode() + b"\n"
