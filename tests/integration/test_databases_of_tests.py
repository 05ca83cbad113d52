"""What the tests stand on: a migrated database of their own, entered by the roles of real life."""

import psycopg
import pytest

from servers import Database


@pytest.mark.parametrize("role", ["web", "door", "follower"])
def test_each_role_enters_with_the_password_that_follows_from_the_secret(database: Database, role: str) -> None:
    with psycopg.connect(database.dsn(role)) as connection:
        assert connection.execute("select current_user").fetchone() == (f"{connection.info.dbname}_{role}",)


def test_the_owner_is_no_superuser(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)
