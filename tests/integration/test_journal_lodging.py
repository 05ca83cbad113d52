"""Lodging: one verdict, one outcome a key, one principal; nothing of a refused document is kept but its count."""

import asyncio
import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import psycopg
import pytest

from integration.journal_world import journal_of, rows_of
from onewindow.application.check import Checking
from onewindow.application.judging import Bench
from onewindow.application.lodge import Incoming, Lodging
from onewindow.application.ports import Filter, Receipt
from onewindow.application.refusals import Forbidden, KeyReused, Refused, SenderReferenceUsed, UnknownService
from onewindow.definitions.catalogue import SERVICES
from onewindow.engine.calendar import load_calendars
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.engine.life.opening import OpeningBook
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import Actor
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.storage.accounts import Accounts
from onewindow.storage.enrolment import Enrolment
from onewindow.storage.register import PostgresRegister
from onewindow.storage.tally import PostgresTally
from onewindow.storage.tenant import Reader
from onewindow.storage.world import PostgresWorld
from servers import Database

SERVICE = "import-declaration"
TRADER = Actor(party="company:alpha", roles=frozenset({"trader"}))
BROKER = Actor(party="company:broker", roles=frozenset({"broker", "trader"}))


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class House:
    """Everything that lodging needs, on a real database."""

    lodging: Lodging
    checking: Checking
    register: PostgresRegister
    accounts: Accounts
    registry: Registry
    tally: PostgresTally
    database: Database

    def document(self, key: str = "", **changes: Any) -> Incoming:
        """The service's own example with a fresh reference, changed as told."""
        values = json.loads(self.registry.example(self.registry.catalogue.newest[SERVICE], hong_kong_day(now())))
        return Incoming(key or secrets.token_hex(8), json.dumps({**values, **changes}).encode())


@pytest.fixture(scope="module")
def house(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    services = tmp_path_factory.mktemp("services")
    for folder in ("_shared", "trade/import_declaration"):
        shutil.copytree(SERVICES / folder, services / folder)
    registry = Registry.load(services)
    world = PostgresWorld(Reader(database.dsn("door")), database.secret)
    web, tally = Reader(database.dsn("web")), PostgresTally(database.dsn("door"))
    bench = Bench(registry, world)
    with journal_of(database) as journal:
        lodging = Lodging(
            bench=bench,
            journal=journal,
            world=world,
            tally=tally,
            openings=OpeningBook(load_calendars(SERVICES / "_shared")),
            secret=database.secret,
            clock=now,
        )
        register = PostgresRegister(web, database.secret, lambda: [SERVICE])
        yield House(lodging, Checking(bench=bench, clock=now), register, Accounts(web), registry, tally, database)
        tally.close()


def test_an_accepted_document_is_receipted_and_read_back_by_its_lodger_alone(house: House) -> None:
    document = house.document()
    receipt = house.lodging.lodge_now(TRADER, SERVICE, document)
    found = house.register.submission(TRADER, receipt.reference)
    assert found is not None
    assert (found.service, found.state, found.lodger, found.version) == (SERVICE, receipt.state, TRADER.party, 1)
    assert house.register.body(TRADER, found) == (document.body, "application/json")
    assert [event.kind for event in house.register.events(TRADER, found)] == ["lodged"]
    assert house.register.submission(BROKER, receipt.reference) is None
    assert house.register.body(BROKER, found) is None
    assert house.register.events(BROKER, found) == []


def test_a_refused_document_leaves_nothing_but_its_count(house: House) -> None:
    before = rows_of(house.database, "SELECT count(*) FROM submission")
    document = house.document(goods=[], secret_remark="Chan Tai Man")
    with pytest.raises(Refused) as refused:
        house.lodging.lodge_now(TRADER, SERVICE, document)
    assert len(refused.value.findings) > 1
    assert rows_of(house.database, "SELECT count(*) FROM submission") == before
    house.tally.close()
    counted = rows_of(house.database, "SELECT service, lodger, mode, codes FROM refusal")
    codes = sorted({finding.code for finding in refused.value.findings if finding.severity == "error"})
    assert counted == [(SERVICE, TRADER.party, "live", codes)]
    assert "Chan" not in str(rows_of(house.database, "SELECT refusal::text FROM refusal"))


def test_checking_says_the_same_and_keeps_nothing(house: House) -> None:
    before = rows_of(house.database, "SELECT count(*) FROM event")
    bad = house.document(goods=[])
    with pytest.raises(Refused) as refused:
        house.lodging.lodge_now(TRADER, SERVICE, bad)
    assert house.checking.check_now(TRADER, SERVICE, bad.body).findings == refused.value.findings
    assert house.checking.check_now(Actor(party="company:any"), SERVICE, house.document().body).accepted
    assert rows_of(house.database, "SELECT count(*) FROM event") == before


def test_a_batch_has_one_outcome_a_line_and_a_bad_line_stops_no_other(house: House) -> None:
    good, bad, torn = house.document(), house.document(goods=[]), Incoming("torn", b'{"a":1')
    outcomes = asyncio.run(house.lodging.lodge_many(TRADER, SERVICE, [good, bad, torn, good]))
    assert [type(outcome) for outcome in outcomes] == [Receipt, Refused, MalformedDocument, Receipt]
    assert isinstance(outcomes[3], Receipt)
    assert outcomes[3].repeated


def test_a_key_stands_for_one_document(house: House) -> None:
    house.lodging.lodge_now(TRADER, SERVICE, house.document("mine"))
    with pytest.raises(KeyReused):
        house.lodging.lodge_now(TRADER, SERVICE, house.document("mine"))
    with pytest.raises(KeyReused):
        house.lodging.lodge_now(TRADER, SERVICE, house.document("mine", goods=[]))


def test_a_senders_reference_stands_for_one_document(house: House) -> None:
    first = house.document()
    house.lodging.lodge_now(TRADER, SERVICE, first)
    assert house.lodging.lodge_now(TRADER, SERVICE, msgspec.structs.replace(first, key="again")).repeated
    with pytest.raises(SenderReferenceUsed):
        house.lodging.lodge_now(
            TRADER, SERVICE, Incoming("third", json.dumps(json.loads(first.body), indent=1).encode())
        )


def test_a_role_that_may_not_lodge_is_told_who_may(house: House) -> None:
    with pytest.raises(Forbidden, match="trader"):
        house.lodging.lodge_now(Actor(party="company:x", roles=frozenset({"gardener"})), SERVICE, house.document())
    with pytest.raises(Forbidden, match="scope"):
        house.lodging.lodge_now(replace(TRADER, scopes=frozenset({"read"})), SERVICE, house.document())
    with pytest.raises(UnknownService):
        house.lodging.lodge_now(TRADER, "no-such-service", house.document())


def test_a_broker_lodges_only_under_a_mandate_in_force_and_both_may_read(house: House) -> None:
    path = house.registry.catalogue.newest[SERVICE].lodging.principal.split(".")
    document = house.document()
    named: Any = json.loads(document.body)
    for name in path:
        named = named[name]
    start = now() - timedelta(days=1)
    with psycopg.connect(house.database.owner_dsn) as owner:
        enrolment = Enrolment(owner)
        owner.execute(
            "INSERT INTO company (id, created, name, identifier) VALUES ('principal', now(), 'Principal', %s)", (named,)
        )
        enrolment.key("k" * 40, BROKER.party, ("broker", "trader"), label="broker")
    key = sha256(b"k" * 40).digest()
    house.lodging._principals._known.clear()
    broker = house.accounts.actor_of_key(key)
    assert broker is not None
    with pytest.raises(Forbidden, match="mandate"):
        house.lodging.lodge_now(broker, SERVICE, document)
    with psycopg.connect(house.database.owner_dsn) as owner:
        Enrolment(owner).mandate(
            principal="company:principal", agent=BROKER.party, from_at=start, until=now() + timedelta(days=1)
        )
    broker = house.accounts.actor_of_key(key)
    assert broker is not None
    receipt = house.lodging.lodge_now(broker, SERVICE, document)
    principal = Actor(party="company:principal")
    for reader in (broker, principal):
        page = house.register.submissions(reader, Filter())
        assert receipt.reference in [row.reference for row in page.rows]  # type: ignore[attr-defined]
    with psycopg.connect(house.database.owner_dsn) as owner:
        Enrolment(owner).mandate(principal="company:principal", agent=BROKER.party, from_at=start, until=start)
    assert house.register.submission(principal, receipt.reference) is not None
    broker = house.accounts.actor_of_key(key)
    assert broker is not None
    with pytest.raises(Forbidden, match="mandate"):
        house.lodging.lodge_now(broker, SERVICE, house.document())
    assert house.lodging.lodge_now(broker, SERVICE, document).repeated


def test_pages_of_submissions_meet_without_gap_or_overlap(house: House) -> None:
    reader = Actor(party="company:many", roles=frozenset({"trader"}))
    documents = [house.document() for _ in range(23)]
    with psycopg.connect(house.database.owner_dsn) as owner:
        owner.execute("UPDATE company SET identifier = '' WHERE id = 'principal'")
    house.lodging._principals._known.clear()
    outcomes = asyncio.run(house.lodging.lodge_many(reader, SERVICE, documents))
    lodged = {outcome.reference for outcome in outcomes if isinstance(outcome, Receipt)}
    assert len(lodged) == 23
    seen: list[str] = []
    after = ""
    while True:
        page = house.register.submissions(reader, Filter(), after, limit=5)
        seen += [row.reference for row in page.rows]  # type: ignore[attr-defined]
        after = page.after
        if not after:
            break
    assert len(seen) == 23
    assert set(seen) == lodged


def test_a_submission_is_found_by_the_senders_own_reference(house: House) -> None:
    document = house.document()
    receipt = house.lodging.lodge_now(TRADER, SERVICE, document)
    found = house.register.submission(TRADER, receipt.reference)
    assert found is not None
    wanted = Filter(sender_reference=found.sender_reference)
    assert [row.reference for row in house.register.submissions(TRADER, wanted).rows] == [receipt.reference]  # type: ignore[attr-defined]
    assert house.register.submissions(BROKER, wanted).rows == ()
