"""What every test may ask for."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from onewindow.storage import embedded
from onewindow.storage.migrate import migrate
from servers import Database, folder_for_servers

# A law holds or not; how long a busy machine takes to try it is no part of it.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder with a short path that every account may pass through, as a data folder of real life is."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.ServerAddress]:
    """One embedded server for the whole run."""
    with folder_for_servers() as folder, embedded.running(folder) as address:
        yield address


@pytest.fixture(scope="module")
def empty_database(postgres: embedded.ServerAddress) -> Iterator[str]:
    """The owner's connection string for a database with nothing in it, gone after the module."""
    name = f"test_{secrets.token_hex(4)}"
    owner = f"{name}_owner"
    # Whoever owns a database in real life is no superuser, so neither is it here.
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        make = "CREATE ROLE {} LOGIN CREATEROLE BYPASSRLS PASSWORD {}"
        connection.execute(sql.SQL(make).format(sql.Identifier(owner), sql.Literal(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    yield postgres.dsn(name, user=owner, password=name)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def database(empty_database: str) -> Database:
    """A migrated database of the module's own."""
    secret = secrets.token_bytes(32)
    migrate(empty_database, secret)
    return Database(empty_database, secret)
