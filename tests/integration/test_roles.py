"""Who may do what in the database: the exact grants of its roles, and rows that only their owners can see."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from integration.journal_world import change, journal_of, lodge, receipt_of, rows_of
from onewindow.storage.embedded import ServerAddress
from onewindow.storage.migrate import (
    ROLES,
    OwnerTooWeak,
    SchemaChanged,
    SchemaFile,
    grant_login_tables,
    migrate,
    schema_files,
)
from servers import Database

DOOR = {
    "lane": "SELECT, UPDATE(head)",
    "submission": ("INSERT, SELECT, UPDATE(changed_at, digest, last_hash, last_seq, life, state, summary, version)"),
    "reference": "INSERT, SELECT",
    "claim": "INSERT, SELECT",
    "body": "INSERT, SELECT",
    "event": "INSERT",
    "detail": "INSERT, SELECT",
    "access": "INSERT, SELECT(lane, party, submission), UPDATE(until)",
    "attachment": "INSERT, SELECT, UPDATE(submission)",
    "issued": "INSERT, SELECT, UPDATE(revoked_at)",
    "refusal": "INSERT",
    "company": "SELECT",
    "mandate": "SELECT",
}
FOLLOWER = {
    **dict.fromkeys(("lane", "submission", "reference", "body", "event", "detail", "issued"), "SELECT"),
    **dict.fromkeys(("company", "person", "membership", "mandate", "officer"), "SELECT"),
    **dict.fromkeys(("position", "task", "mailbox", "notice"), "DELETE, INSERT, SELECT, UPDATE"),
    "access": "INSERT, SELECT, UPDATE",
    "anchor": "INSERT, SELECT",
    "attachment": "INSERT, SELECT, UPDATE(scan, scanned_at, submission)",
    "claim": "DELETE, SELECT",
    "definition_version": "DELETE, INSERT, SELECT",
    "delivery": "INSERT, SELECT, UPDATE",
    "refusal": "SELECT, UPDATE(accepted_at)",
    "subscription": "SELECT, UPDATE(disabled_at)",
}
WEB = {
    **dict.fromkeys(("lane", "position", "anchor"), "SELECT"),
    **dict.fromkeys(("submission", "reference", "body", "event", "detail", "access"), "SELECT"),
    **dict.fromkeys(("task", "mailbox", "notice", "issued", "officer"), "SELECT"),
    "subscription": "DELETE, INSERT, SELECT, UPDATE",
    "api_key": "INSERT, SELECT, UPDATE(label, revoked_at)",
    "attachment": "INSERT, SELECT, UPDATE(submission)",
    "claim": "SELECT(lane, submission, token)",
    "company": "SELECT, UPDATE(mail, name, name_zh)",
    "delivery": "INSERT, SELECT, UPDATE(next_at)",
    "mandate": "INSERT, SELECT, UPDATE(revoked_at, until)",
    "membership": "INSERT, SELECT, UPDATE(roles, until)",
    "person": "INSERT, SELECT, UPDATE(language, mail, name, name_zh)",
}
OPEN_TO_WEB = {"lane", "position", "anchor"}
"""Tables without anybody's data: positions and roots."""

OTHER_ROWS = (
    "INSERT INTO company (id, created, name) VALUES ('beta', now(), 'Beta')",
    "INSERT INTO person (user_id, created, name) VALUES (7, now(), 'Chan Siu Ming')",
    "INSERT INTO membership (user_id, party, roles) VALUES (7, 'company:beta', '{trader}')",
    "INSERT INTO officer (user_id, agency, roles) VALUES (8, 'afcd', '{officer}')",
    """INSERT INTO mandate (id, from_at, principal, agent)
       VALUES (gen_random_uuid(), now(), 'company:beta', 'company:gamma')""",
    """INSERT INTO api_key (sha256, created, party, roles, label)
       VALUES (sha256('beta'), now(), 'company:beta', '{trader}', 'Beta')""",
    """INSERT INTO subscription (id, created, party, url, secret)
       VALUES (gen_random_uuid(), now(), 'company:beta', 'http://localhost', 's')""",
    """INSERT INTO delivery (id, made, carrier, party, target, payload)
       VALUES (gen_random_uuid(), now(), 'mail', 'company:beta', 'beta@example.hk', '')""",
    "INSERT INTO mailbox (recipient, head) VALUES ('company:beta', 1)",
    """INSERT INTO notice (number, at, submission, lane, recipient, cause, kind, service, reference, state, payload)
       SELECT 1, now(), id, lane, lodger, 'c', 'k', service, reference, state, '' FROM submission
       WHERE lodger = 'company:beta'""",
    """INSERT INTO task (opened_at, submission, lane, agency, id, role, service, stage, state, reference, summary)
       SELECT now(), id, lane, 'epd', 't', 'r', service, 'vetting', 'pending', reference, '' FROM submission
       WHERE lodger = 'company:beta'""",
    """INSERT INTO attachment (id, submission, at, size, lane, owner, name, media, digest)
       SELECT gen_random_uuid(), id, now(), 0, lane, lodger, 'n', 'm', '' FROM submission
       WHERE lodger = 'company:beta'""",
    """INSERT INTO detail (submission, seq, lane, words) SELECT id, 1, lane, 'w' FROM submission
       WHERE lodger = 'company:beta'""",
)

ALPHA, BETA = "company:alpha", "company:beta"


@pytest.fixture(scope="module")
def filled(database: Database) -> Database:
    """Submissions of two companies, one of them before an agency."""
    with journal_of(database) as journal:
        for lodger in (ALPHA, BETA):
            receipt = receipt_of(journal.append_now([lodge(database, lodger=lodger)])[0])
            row = {
                "number": f"IL-{receipt.reference}", "service": receipt.service, "key_id": "1", "payload": b"{}",
                "signature": b"s", "issued_at": receipt.lodged_at,
            }  # fmt: skip
            act = change(database, receipt, 1, readers=("agency:afcd",) if lodger == ALPHA else ())
            act.inserts = (("issued", {**row, "submission": act.submission}),)
            journal.append_now([act])
    with psycopg.connect(database.owner_dsn) as owner:
        for statement in OTHER_ROWS:
            owner.execute(statement.encode())
    return database


@pytest.fixture
def web(filled: Database) -> Iterator[psycopg.Connection[Any]]:
    """A page's connection, with no tenant set."""
    with psycopg.connect(filled.dsn("web")) as connection:
        yield connection


def act_as(connection: psycopg.Connection[Any], party: str) -> None:
    connection.execute(sql.SQL("SET LOCAL onewindow.party = {}").format(sql.Literal(party)))


def grants_of(database: Database, role: str) -> dict[str, str]:
    """What a role may do to each table: whole privileges, then columns."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    name = f"{psycopg.conninfo.conninfo_to_dict(database.owner_dsn)['dbname']}_{role}"
    whole = "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s"
    for table, privilege in rows_of(database, whole, name):
        found[table][privilege] = set()
    columns = (
        "SELECT table_name, privilege_type, column_name FROM information_schema.role_column_grants WHERE grantee = %s"
    )
    for table, privilege, column in rows_of(database, columns, name):
        if privilege not in found[table] or found[table][privilege]:
            found[table][privilege].add(column)
    return {
        table: ", ".join(
            privilege + (f"({', '.join(sorted(some))})" if some else "") for privilege, some in sorted(held.items())
        )
        for table, held in found.items()
    }


@pytest.mark.parametrize(("role", "expected"), [("door", DOOR), ("follower", FOLLOWER), ("web", WEB)])
def test_each_role_holds_exactly_its_grants(database: Database, role: str, expected: dict[str, str]) -> None:
    assert grants_of(database, role) == expected


def test_nobody_else_holds_anything(database: Database) -> None:
    owner = psycopg.conninfo.conninfo_to_dict(database.owner_dsn)
    mine = {owner["user"], *(f"{owner['dbname']}_{role}" for role in ROLES)}
    grantees = rows_of(
        database, "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'public'"
    )
    assert {grantee for (grantee,) in grantees} <= mine


def test_only_door_and_follower_pass_by_row_level_security(database: Database) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database.owner_dsn)["dbname"]
    flags = "SELECT rolname, rolbypassrls, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE %s"
    assert {
        row[0].removeprefix(f"{name}_"): row[1:]
        for row in rows_of(database, flags, f"{name}_%")
        if not row[0].endswith("_owner")
    } == {
        "web": (False, False, False, False),
        "door": (True, False, False, False),
        "follower": (True, False, False, False),
    }


def test_every_table_that_web_reads_is_under_row_level_security(database: Database) -> None:
    guarded = {name for (name,) in rows_of(database, "SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert set(WEB) - OPEN_TO_WEB <= guarded


@pytest.mark.parametrize("table", sorted(set(WEB) - OPEN_TO_WEB))
def test_without_a_tenant_a_table_shows_no_rows(web: psycopg.Connection[Any], table: str) -> None:
    column = sql.SQL("lane") if table == "claim" else sql.SQL("*")
    assert web.execute(sql.SQL("SELECT {} FROM {}").format(column, sql.Identifier(table))).fetchall() == []


@pytest.mark.parametrize("table", sorted(set(WEB) - OPEN_TO_WEB - {"company"}))
def test_a_company_without_any_ties_sees_no_rows_of_others(web: psycopg.Connection[Any], table: str) -> None:
    act_as(web, "company:stranger")
    column = sql.SQL("lane") if table == "claim" else sql.SQL("*")
    assert web.execute(sql.SQL("SELECT {} FROM {}").format(column, sql.Identifier(table))).fetchall() == []


@pytest.mark.parametrize("table", sorted(set(WEB) - OPEN_TO_WEB))
def test_there_are_rows_to_be_hidden(filled: Database, table: str) -> None:
    assert rows_of(filled, f"SELECT 1 FROM {table} LIMIT 1")


def test_a_page_sees_only_its_own_rows_though_it_does_not_ask_for_them(web: psycopg.Connection[Any]) -> None:
    act_as(web, ALPHA)
    assert web.execute("SELECT DISTINCT lodger FROM submission").fetchall() == [(ALPHA,)]
    for table in ("reference", "body", "event", "issued"):
        owners = web.execute(
            sql.SQL(
                "SELECT DISTINCT s.lodger FROM {} t JOIN submission s ON s.lane = t.lane AND s.id = t.submission"
            ).format(sql.Identifier(table))
        ).fetchall()
        counted = web.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        assert owners == [(ALPHA,)], table
        assert counted is not None
        assert counted[0] in (1, 2), table


def test_an_agency_sees_what_it_was_given_access_to(web: psycopg.Connection[Any]) -> None:
    act_as(web, "agency:afcd")
    assert web.execute("SELECT lodger FROM submission").fetchall() == [(ALPHA,)]
    web.rollback()
    act_as(web, "agency:customs")
    assert web.execute("SELECT lodger FROM submission").fetchall() == []


def test_access_that_ended_shows_nothing_any_more(filled: Database, web: psycopg.Connection[Any]) -> None:
    with psycopg.connect(filled.owner_dsn) as owner:
        owner.execute("UPDATE access SET until = now() - interval '1 second' WHERE party = 'agency:afcd'")
    act_as(web, "agency:afcd")
    assert web.execute("SELECT lodger FROM submission").fetchall() == []


def test_the_tenant_ends_with_its_transaction(web: psycopg.Connection[Any]) -> None:
    act_as(web, ALPHA)
    web.commit()
    assert web.execute("SELECT id FROM submission").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO api_key (sha256, created, party, roles, label)"
            " VALUES (sha256('x'), now(), 'company:beta', '{trader}', 'stolen')"
        ),
        (
            "INSERT INTO mandate (id, from_at, principal, agent)"
            " VALUES (gen_random_uuid(), now(), 'company:beta', 'company:alpha')"
        ),
        "INSERT INTO membership (user_id, party, roles) VALUES (1, 'company:beta', '{trader}')",
        (
            "INSERT INTO subscription (id, created, party, url, secret)"
            " VALUES (gen_random_uuid(), now(), 'company:beta', 'http://localhost', 's')"
        ),
    ],
)
def test_a_page_cannot_write_in_anothers_name(web: psycopg.Connection[Any], statement: str) -> None:
    act_as(web, ALPHA)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "UPDATE submission SET state = 'released'",
        "INSERT INTO claim (lane) VALUES (0)",
        "UPDATE lane SET head = 0",
        "SELECT make_partitions()",
        "SET ROLE postgres",
        "ALTER TABLE submission DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_page_cannot_touch_the_journal(web: psycopg.Connection[Any], statement: str) -> None:
    act_as(web, ALPHA)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "SELECT * FROM event",
        "DELETE FROM claim",
        "DELETE FROM body",
    ],
)
def test_the_door_only_adds(filled: Database, statement: str) -> None:
    with psycopg.connect(filled.dsn("door")) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(statement.encode())


@pytest.mark.parametrize("statement", ["INSERT INTO event (lane) VALUES (0)", "UPDATE submission SET state = ''"])
def test_followers_do_not_write_what_is_true(filled: Database, statement: str) -> None:
    with psycopg.connect(filled.dsn("follower")) as follower, pytest.raises(psycopg.errors.InsufficientPrivilege):
        follower.execute(statement.encode())


def test_an_owner_that_may_not_make_roles_is_told_what_it_lacks(postgres: ServerAddress) -> None:
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        superuser.execute("CREATE DATABASE weak OWNER weak")
        with pytest.raises(OwnerTooWeak, match='ALTER ROLE "weak" CREATEROLE BYPASSRLS'):
            migrate(postgres.dsn("weak", user="weak", password="weak"), b"s" * 32)
        superuser.execute("DROP DATABASE weak WITH (FORCE)")
        superuser.execute("DROP ROLE weak")


def test_a_schema_file_that_was_edited_after_it_was_applied_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert migrate(database.owner_dsn, database.secret) == []
    first, *rest = schema_files()
    edited = SchemaFile(first.name, first.text + "-- edited\n", "0" * 64)
    monkeypatch.setattr("onewindow.storage.migrate.schema_files", lambda: [edited, *rest])
    with pytest.raises(SchemaChanged, match=first.name):
        migrate(database.owner_dsn, database.secret)


def test_login_tables_are_opened_to_web_and_ours_are_not(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("CREATE TABLE auth_example (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    grant_login_tables(database.owner_dsn, ["auth_example"])
    with psycopg.connect(database.dsn("web")) as web:
        web.execute("INSERT INTO auth_example (name) VALUES ('x')")
    with pytest.raises(ValueError, match="event"):
        grant_login_tables(database.owner_dsn, ["auth_example", "event"])
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("DROP TABLE auth_example")
