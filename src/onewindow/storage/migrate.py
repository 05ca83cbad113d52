"""The schema, applied in order, and the three roles that may use it.

Each file of `schema/` is applied once, in its own transaction, and remembered with its checksum: a file that was
applied is never edited, a change is a new file.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

ROLES = ("web", "door", "follower")
LOCK = 7_230_451_902
"""Advisory lock of whoever migrates; any fixed number that nobody else uses."""
PLACE = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
"""What of the owner's connection string says where the database is, and not who enters."""
LOCK_TIMEOUT = "5s"
"""A migration that cannot get its lock soon gives up, rather than making everybody wait behind it."""


class OwnerTooWeak(Exception):
    """The owner may not make the roles: the message says what to grant it."""


class SchemaChanged(Exception):
    """A schema file was edited after it was applied, or an applied one is gone: put it back and add a new file."""


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One numbered file: its name, its text and the text's SHA-256 in hex."""

    name: str
    text: str
    checksum: str


def migrate(owner_dsn: str, secret: bytes) -> list[str]:
    """Bring the database at `owner_dsn` up to date; names of the files that were applied.

    Makes the roles and sets their passwords (so that a new secret takes effect), and makes partitions ahead. Safe to
    repeat and to run from several processes at once. Raises SchemaChanged, OwnerTooWeak.
    """
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _make_roles(connection, secret)
        applied = [_apply(connection, file) for file in _outstanding(connection)]
        connection.execute("SELECT make_partitions()")
        return applied


def make_roles(owner_dsn: str, secret: bytes) -> None:
    """The three roles with their passwords: a restored database's grants name them."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        _make_roles(connection, secret)


def dsn_for(owner_dsn: str, role: str, secret: bytes) -> str:
    """The connection URI of `web`, `door` or `follower` for the database at `owner_dsn`, as every driver reads it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(owner_dsn).items() if name in PLACE}
    database = _database(owner_dsn)
    name = role_name(database, role)
    entry = f"postgresql://{quote(name, safe='')}:{password_of(name, secret)}@/{quote(database, safe='')}"
    return entry + ("?" + urlencode(parts, quote_via=quote) if parts else "")


def role_name(database: str, role: str) -> str:
    """Roles are the cluster's, so they carry the database's name."""
    return f"{database}_{role}"


def password_of(role: str, secret: bytes) -> str:
    """A role's password follows from the installation's secret: there is nothing more to keep."""
    return hmac.new(secret, b"role:" + role.encode(), sha256).hexdigest()


def grant_login_tables(owner_dsn: str, tables: Sequence[str]) -> None:
    """Let `web` use the tables that Django made for logins. Raises ValueError for a table of ours."""
    ours = {line.split()[2] for file in schema_files() for line in file.text.splitlines() if _makes_table(line)}
    if taken := ours.intersection(tables):
        raise ValueError(f"not a login table: {', '.join(sorted(taken))}")
    with psycopg.connect(owner_dsn) as connection:
        web = sql.Identifier(role_name(_database(owner_dsn), "web"))
        for table in tables:
            grant = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}")
            connection.execute(grant.format(sql.Identifier(table), web))
        connection.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(web))


def schema_files() -> list[SchemaFile]:
    """Every schema file in order."""
    folder = resources.files("onewindow.storage") / "schema"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    texts = [(entry.name, entry.read_text(encoding="utf-8")) for entry in found]
    return [SchemaFile(name, text, sha256(text.encode()).hexdigest()) for name, text in texts]


def _makes_table(line: str) -> bool:
    return line.startswith("CREATE TABLE ")


def _database(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    return str(parts.get("dbname") or parts.get("user") or "postgres")


def _make_roles(connection: psycopg.Connection, secret: bytes) -> None:
    for role in ROLES:
        name = role_name(connection.info.dbname, role)
        options = sql.SQL("LOGIN NOINHERIT {} PASSWORD {}").format(
            sql.SQL("NOBYPASSRLS" if role == "web" else "BYPASSRLS"), sql.Literal(password_of(name, secret))
        )
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is not None
        verb = sql.SQL("ALTER" if known else "CREATE")
        try:
            connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(name), options))
        except psycopg.errors.InsufficientPrivilege as refused:
            raise OwnerTooWeak(
                f"{connection.info.user} may not make the role {name}. Let a superuser run:"
                f' ALTER ROLE "{connection.info.user}" CREATEROLE BYPASSRLS'
            ) from refused


def _outstanding(connection: psycopg.Connection) -> list[SchemaFile]:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_file (name text PRIMARY KEY, checksum text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = {str(row[0]): str(row[1]) for row in connection.execute("SELECT name, checksum FROM schema_file")}
    files = schema_files()
    present = {file.name: file.checksum for file in files}
    for name, checksum in applied.items():
        if present.get(name) != checksum:
            raise SchemaChanged(f"{name} was applied in another form: put it back and write a new numbered file")
    return [file for file in files if file.name not in applied]


def _apply(connection: psycopg.Connection, file: SchemaFile) -> str:
    names = {role: sql.Identifier(role_name(connection.info.dbname, role)) for role in ROLES}
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(LOCK_TIMEOUT)))
        connection.execute(_filled(file.text, names, connection))
        connection.execute("INSERT INTO schema_file (name, checksum) VALUES (%s, %s)", (file.name, file.checksum))
    return file.name


def _filled(text: str, names: dict[str, sql.Identifier], connection: psycopg.Connection) -> bytes:
    for role, name in names.items():
        text = text.replace("{" + role + "}", name.as_string(connection))
    return text.encode()
