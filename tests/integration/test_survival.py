"""Whatever dies under load, nothing that was acknowledged is lost, nothing is doubled, every key has one outcome.

The long form, and the control run that must lose documents, are in tests/bench/survival.py.
"""

import asyncio
import time
from collections.abc import Iterator

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.survival import Victim, run
from integration.between import standing_between
from integration.journal_world import lodge, receipt_of
from onewindow.application.refusals import NotDurable
from onewindow.kernel.actor import Actor
from onewindow.storage.door import UnsafeDatabase, refuse_unsafe
from onewindow.storage.journal import PostgresJournal
from onewindow.storage.migrate import dsn_for
from onewindow.storage.register import PostgresRegister
from onewindow.storage.tenant import Reader
from servers import Database, folder_for_servers

SECONDS = 12.0


@pytest.fixture
def own() -> Iterator[Victim]:
    """A server of the test's own, to be killed."""
    with folder_for_servers() as folder:
        victim = Victim(folder)
        yield victim
        victim.server.stop()


@pytest.mark.slow
def test_kill_9_of_server_worker_and_database_under_load_loses_and_doubles_nothing() -> None:
    outcome = run(SECONDS)
    assert outcome.survived, outcome
    assert len(outcome.acknowledged) > 500
    assert all(outcome.kills.values()), outcome.kills


def test_while_the_database_is_down_callers_are_told_to_come_back_and_it_recovers_by_itself(own: Victim) -> None:
    named = Database(own.owner_dsn, own.secret)
    journal = PostgresJournal(own.dsn("door"), own.secret)
    journal.open()
    reader = Reader(own.dsn("web"))
    register = PostgresRegister(reader, own.secret, list)
    actor = Actor(party="company:alpha")
    before, command = lodge(named), lodge(named)
    first = receipt_of(journal.append_now([before])[0])
    assert register.submission(actor, first.reference) is not None

    own.stop_database()
    with pytest.raises(NotDurable) as away:
        journal.append_now([command])
    assert away.value.details["retry_after"]
    with pytest.raises(NotDurable):
        register.submission(actor, first.reference)
    with pytest.raises(NotDurable):
        asyncio.run(journal.answered([]))

    own.start_database()
    receipt = receipt_of(journal.append_now([command])[0])
    assert receipt_of(journal.append_now([before])[0]).repeated
    assert register.submission(actor, receipt.reference) is not None
    journal.close()
    reader.close()


def test_a_session_that_the_database_has_ended_is_told_as_not_durable_and_made_again(database: Database) -> None:
    port = int(conninfo_to_dict(database.owner_dsn)["port"] or 0)
    with standing_between(port) as between:
        place = make_conninfo(database.owner_dsn, host="127.0.0.1", port=between.port)
        journal = PostgresJournal(dsn_for(place, "door", database.secret), database.secret)
        journal.open()
        receipt_of(journal.append_now([lodge(database)])[0])
        command = lodge(database)

        between.say_farewell()
        time.sleep(0.2)
        with pytest.raises(NotDurable):
            journal.append_now([command])

        assert not receipt_of(journal.append_now([command])[0]).repeated
        journal.close()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_database_that_may_lose_what_it_acknowledged_is_refused(name: str) -> None:
    settings = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    refuse_unsafe(settings)
    with pytest.raises(UnsafeDatabase, match=name):
        refuse_unsafe({**settings, name: "off"})
