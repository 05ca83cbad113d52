"""From a key or a login to the actors behind it; refused attempts are counted without anybody waiting."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from integration.journal_world import rows_of
from onewindow.application.refusals import NotDurable
from onewindow.kernel.actor import Actor
from onewindow.kernel.words import Words, registered_name
from onewindow.storage import tally as tally_module
from onewindow.storage.accounts import Accounts
from onewindow.storage.companies import PostgresCompanies
from onewindow.storage.enrolment import Enrolment
from onewindow.storage.tally import PostgresTally
from onewindow.storage.tenant import Reader
from servers import Database, free_port

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def accounts(database: Database) -> Iterator[Accounts]:
    with psycopg.connect(database.owner_dsn) as owner:
        enrolment = Enrolment(owner)
        names = Words("Alpha Limited", "阿爾法有限公司", "阿尔法有限公司")
        enrolment.company("alpha", name=names, identifier="31274588", kind="trader", mail="a@example.hk")
        enrolment.person(7, name=registered_name("Chan Siu Ming", "陳小明"), mail="c@example.hk")
        enrolment.seat(7, "company:alpha", ("trader",))
        enrolment.seat(7, "agency:afcd", ("licensing-officer",))
        enrolment.key("good", "company:alpha", ("trader",), label="ERP", mode="test")
        enrolment.key("revoked", "company:alpha", ("trader",), label="old")
        owner.execute("UPDATE api_key SET revoked_at = now() WHERE label = 'old'")
        for principal, start, end in (("today", -1, 1), ("past", -9, -1), ("future", 1, 9)):
            enrolment.mandate(
                principal=f"company:{principal}",
                agent="company:alpha",
                from_at=NOW + timedelta(days=start),
                until=NOW + timedelta(days=end),
            )
        owner.execute("UPDATE mandate SET services = '{cites-import-licence}' WHERE principal = 'company:today'")
    reader = Reader(database.dsn("web"))
    yield Accounts(reader)
    reader.close()


def test_a_key_is_found_by_its_digest_with_the_mandates_of_today(accounts: Accounts) -> None:
    actor = accounts.actor_of_key(sha256(b"good").digest())
    assert actor is not None
    assert (actor.party, actor.name, actor.mode) == ("company:alpha", "Alpha Limited", "test")
    assert actor.roles == {"trader"}
    assert actor.principals == {"company:today/cites-import-licence"}
    assert asyncio.run(accounts.key_holder(sha256(b"good").digest())) == actor


def test_a_party_is_called_by_its_chinese_name_too_where_it_has_one(accounts: Accounts, database: Database) -> None:
    holder = accounts.actor_of_key(sha256(b"good").digest())
    assert holder is not None
    assert holder.names == Words("Alpha Limited", "阿爾法有限公司", "阿爾法有限公司"), "a name is not converted"
    company, agency, person = accounts.actors_of(7)
    assert company.names == holder.names
    assert (agency.name, agency.name_zh) == ("afcd", "")
    assert person.names == Words("Chan Siu Ming", "陳小明", "陳小明")
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("UPDATE company SET name_zh = '' WHERE id = 'alpha'")
    assert accounts.actors_of(7)[0].names == Words("Alpha Limited", "Alpha Limited", "Alpha Limited")
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("UPDATE company SET name_zh = '阿爾法有限公司' WHERE id = 'alpha'")


def test_the_chinese_name_of_a_company_is_told_to_whoever_may_read_the_register(database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as owner:
        for name, name_zh in (("twin-1", "雙子一"), ("twin-2", "雙子二"), ("plain", "")):
            english = "Twin Limited" if name.startswith("twin") else "Plain Limited"
            values = (name, english, name_zh)
            owner.execute("INSERT INTO company (id, created, name, name_zh) VALUES (%s, now(), %s, %s)", values)
        owner.execute("INSERT INTO company (id, created, name, name_zh) VALUES ('tea', now(), 'Tea Limited', '茶業')")
    reader = Reader(database.dsn("web"))
    companies = PostgresCompanies(reader)
    asked = ["Tea Limited", "Twin Limited", "Plain Limited", "2026-11-22", "Tea"]
    assert companies.chinese_names(Actor("agency:ced"), asked) == {"Tea Limited": "茶業"}, "only what is certain"
    assert companies.chinese_names(Actor(""), asked) == {}, "nobody reads the register"
    reader.close()


@pytest.mark.parametrize("key", [b"revoked", b"unknown", b""])
def test_a_key_not_in_force_has_nobody_behind_it(accounts: Accounts, key: bytes) -> None:
    assert accounts.actor_of_key(sha256(key).digest()) is None


def test_a_login_acts_for_its_company_its_agency_and_itself(accounts: Accounts, database: Database) -> None:
    found = accounts.actors_of(7)
    assert [actor.party for actor in found] == ["company:alpha", "agency:afcd", "person:7"]
    assert {actor.user for actor in found} == {"7"}
    assert accounts.actors_of(8) == []
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("UPDATE membership SET until = now() - interval '1 second'")
    assert [actor.party for actor in accounts.actors_of(7)] == ["agency:afcd", "person:7"]


@pytest.mark.parametrize("party", ["company:'; DROP TABLE event; --", "company:\\", "人:中文", "x' OR 'a'='a"])
def test_a_party_is_only_ever_a_literal(database: Database, accounts: Accounts, party: str) -> None:
    reader = Reader(database.dsn("web"))
    with reader.seen_by(party) as connection:
        row = connection.execute("SELECT tenant() AS tenant").fetchone()
        assert row == {"tenant": party}
    with reader.seen_by_nobody() as connection:
        assert connection.execute("SELECT tenant() AS tenant").fetchone() == {"tenant": None}
    reader.close()


def test_a_statement_that_takes_too_long_ends_as_come_back_later(database: Database) -> None:
    reader = Reader(database.dsn("web"))
    with pytest.raises(NotDurable), reader.seen_by("company:alpha") as connection:
        connection.execute("SELECT set_config('statement_timeout', '10', true), pg_sleep(0)").connection.execute(
            "SELECT pg_sleep(5)"
        )
    with reader.seen_by("company:alpha") as connection:
        assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
    reader.close()


def test_refusals_wait_for_the_database_and_never_grow_without_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally_module, "FLUSH_SECONDS", 0.05)
    monkeypatch.setattr(tally_module, "MOST_WAITING", 5)
    tally = PostgresTally(f"host=127.0.0.1 port={free_port()} dbname=none connect_timeout=1")
    for _ in range(9):
        tally.count(service="s", lodger="company:alpha", mode="live", codes=["A", "B"])
    time.sleep(0.2)
    assert len(tally._rows) == 5
    tally._dsn = database.dsn("door")
    tally.close()
    assert rows_of(database, "SELECT service, codes, count(*) FROM refusal GROUP BY service, codes") == [
        ("s", ["A", "B"], 5)
    ]
