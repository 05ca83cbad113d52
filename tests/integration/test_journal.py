"""The journal keeps what it answers, once, in order, whoever asks how often."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from integration.journal_world import change, journal_of, lodge, place_of, receipt_of, rows_of
from onewindow.application.ports import Conflict, Event
from onewindow.kernel.lane import LANES
from onewindow.storage.compression import NEWEST, decompress
from onewindow.storage.group import FEW
from onewindow.storage.integrity import recompute
from onewindow.storage.journal import PostgresJournal
from onewindow.storage.signing import InstallationSigner
from servers import Database


@pytest.fixture(scope="module")
def journal(database: Database) -> Iterator[PostgresJournal]:
    with journal_of(database) as running:
        yield running


def test_the_lanes_of_the_schema_are_those_of_the_kernel(database: Database) -> None:
    assert sorted(row[0] for row in rows_of(database, "SELECT lane FROM lane")) == sorted(LANES)


def test_a_document_is_kept_with_its_event_and_its_bytes(journal: PostgresJournal, database: Database) -> None:
    command = lodge(database)
    receipt = receipt_of(journal.append_now([command])[0])
    lane, submission = place_of(database, receipt)
    assert receipt.digest == sha256(command.body).hexdigest()
    assert (receipt.version, receipt.state, receipt.repeated) == (1, "registered", False)
    events = rows_of(
        database, f"SELECT kind, seq, version, payload FROM event WHERE lane = {lane} AND submission = %s", submission
    )
    assert events == [("lodged", 1, 1, command.opening)]
    kept = rows_of(database, f"SELECT bytes, media FROM body WHERE lane = {lane} AND submission = %s", submission)
    assert [(decompress(frame, NEWEST), media) for frame, media in kept] == [(command.body, "application/json")]


def test_the_same_key_and_body_get_the_first_receipt_again(journal: PostgresJournal, database: Database) -> None:
    command = lodge(database)
    first = receipt_of(journal.append_now([command])[0])
    again = receipt_of(journal.append_now([command])[0])
    assert again.repeated
    assert (again.reference, again.lodged_at, again.digest) == (first.reference, first.lodged_at, first.digest)


def test_the_same_key_with_another_body_is_a_conflict(journal: PostgresJournal, database: Database) -> None:
    journal.append_now([lodge(database, key="k-1")])
    other = lodge(database, key="k-1", body=b'{"other":1}')
    assert journal.append_now([other]) == [Conflict("idempotency_key_reused")]


def test_keys_of_two_lodgers_are_strangers(journal: PostgresJournal, database: Database) -> None:
    commands = [lodge(database, key="shared", lodger=f"company:{name}") for name in ("beta", "gamma")]
    assert len({receipt_of(outcome).reference for outcome in journal.append_now(commands)}) == 2


def test_a_known_senders_reference_with_the_same_document_gets_its_receipt(
    journal: PostgresJournal, database: Database
) -> None:
    first = receipt_of(journal.append_now([lodge(database, sender_reference="S-1", key="a")])[0])
    again = receipt_of(journal.append_now([lodge(database, sender_reference="S-1", key="b")])[0])
    assert (again.reference, again.repeated) == (first.reference, True)
    other_body = lodge(database, key="b", body=b'{"other":2}')
    assert journal.append_now([other_body]) == [Conflict("idempotency_key_reused")]


def test_a_known_senders_reference_with_another_document_is_a_conflict_and_uses_no_key_up(
    journal: PostgresJournal, database: Database
) -> None:
    journal.append_now([lodge(database, sender_reference="S-2")])
    other = lodge(database, sender_reference="S-2", key="free", body=b'{"other":3}')
    assert journal.append_now([other]) == [Conflict("sender_reference_used")]
    mended = lodge(database, sender_reference="S-3", key="free", body=b'{"other":3}')
    assert not receipt_of(journal.append_now([mended])[0]).repeated


def test_a_trial_never_answers_for_the_real_thing(journal: PostgresJournal, database: Database) -> None:
    trial = receipt_of(journal.append_now([lodge(database, sender_reference="S-4", mode="test")])[0])
    real = receipt_of(journal.append_now([lodge(database, sender_reference="S-4")])[0])
    assert trial.reference != real.reference


def test_repeats_within_one_call_have_one_outcome(journal: PostgresJournal, database: Database) -> None:
    command = lodge(database)
    first, again, other = journal.append_now([command, command, lodge(database, key=command.key, body=b"{}")])
    assert receipt_of(first).reference == receipt_of(again).reference
    assert (receipt_of(first).repeated, receipt_of(again).repeated) == (False, True)
    assert other == Conflict("idempotency_key_reused")


def test_a_bad_value_harms_only_its_own_call(journal: PostgresJournal, database: Database) -> None:
    async def both() -> list[object]:
        calls = [journal.append([lodge(database, summary=summary)]) for summary in ("a NUL \0", "good")]
        return await asyncio.gather(*calls, return_exceptions=True)

    bad, good = asyncio.run(both())
    assert isinstance(bad, Exception)
    assert isinstance(good, list)
    receipt_of(good[0])


@pytest.mark.parametrize("many", [3, FEW + 50])
def test_a_call_with_a_few_or_many_documents_keeps_each_and_answers_repeats(
    journal: PostgresJournal, database: Database, many: int
) -> None:
    known = lodge(database)
    first = receipt_of(journal.append_now([known])[0])
    commands = [lodge(database, lodger=f"company:{number % 7}", body=f"[{number}]".encode()) for number in range(many)]
    *fresh, again = map(receipt_of, journal.append_now([*commands, known]))
    assert (again.reference, again.repeated) == (first.reference, True)
    assert not any(receipt.repeated for receipt in fresh)
    assert [receipt.digest for receipt in fresh] == [command.digest.hex() for command in commands]
    for receipt, command in list(zip(fresh, commands, strict=True))[:3]:
        lane, submission = place_of(database, receipt)
        kept = f"SELECT bytes FROM body WHERE lane = {lane} AND submission = %s"
        assert [decompress(frame, NEWEST) for (frame,) in rows_of(database, kept, submission)] == [command.body]
    assert recompute(database.owner_dsn, InstallationSigner(database.secret)).faults == ()


def test_two_processes_that_race_with_the_same_keys_write_each_document_once(database: Database) -> None:
    commands = [lodge(database, lodger=f"company:{number % 5}") for number in range(200)]
    with journal_of(database, committers=2) as one, journal_of(database, committers=2) as two:

        async def race() -> list[str]:
            calls = [journal.append([command]) for command in commands for journal in (one, two)]
            return [receipt_of(outcome).reference for (outcome,) in await asyncio.gather(*calls)]

        references = asyncio.run(race())
    assert references[0::2] == references[1::2]
    assert len(set(references)) == 200


def test_positions_are_gapless_in_every_lane(journal: PostgresJournal, database: Database) -> None:
    lodgers = [f"company:{number}" for number in range(40)]
    journal.append_now([lodge(database, lodger=lodger) for lodger in lodgers])
    lanes = "SELECT l.lane, l.head, count(e.pos), coalesce(min(e.pos), 1), coalesce(max(e.pos), 0)"
    for lane, head, count, first, last in rows_of(
        database, f"{lanes} FROM lane l LEFT JOIN event e ON e.lane = l.lane GROUP BY l.lane, l.head"
    ):
        assert (lane, count, first, last) == (lane, head, 1, head)


def test_an_act_moves_the_version_and_chains_its_events(journal: PostgresJournal, database: Database) -> None:
    receipt = receipt_of(journal.append_now([lodge(database)])[0])
    events = [Event("claimed"), Event("queried", b'{"reason":"quantity"}', detail="數量不符".encode())]
    act = change(database, receipt, 1, events=events, readers=("agency:customs",), summary="Alpha, queried")
    done = receipt_of(journal.append_now([act])[0])
    assert (done.reference, done.version, done.state) == (receipt.reference, 2, "vetting")
    lane, submission = act.lane, act.submission
    kept = rows_of(
        database,
        f"SELECT kind, seq, version FROM event WHERE lane = {lane} AND submission = %s ORDER BY seq",
        submission,
    )
    assert kept == [("lodged", 1, 1), ("claimed", 2, 2), ("queried", 3, 2)]
    assert rows_of(database, f"SELECT party FROM access WHERE lane = {lane} AND submission = %s", submission) == [
        ("agency:customs",)
    ]
    assert rows_of(
        database, f"SELECT version, summary, life FROM submission WHERE lane = {lane} AND id = %s", submission
    ) == [(2, "Alpha, queried", act.life)]


def test_a_stale_version_names_the_present_one(journal: PostgresJournal, database: Database) -> None:
    receipt = receipt_of(journal.append_now([lodge(database)])[0])
    journal.append_now([change(database, receipt, 1)])
    assert journal.append_now([change(database, receipt, 1)]) == [Conflict("stale_version", 2)]


def test_a_repeated_act_gets_its_receipt_though_the_version_moved_on(
    journal: PostgresJournal, database: Database
) -> None:
    receipt = receipt_of(journal.append_now([lodge(database)])[0])
    act = change(database, receipt, 1, key="act-1", digest=b"d" * 32)
    first = receipt_of(journal.append_now([act])[0])
    journal.append_now([change(database, receipt, 2)])
    again = receipt_of(journal.append_now([act])[0])
    assert (again.version, again.state, again.repeated) == (first.version, first.state, True)
    other = change(database, receipt, 3, key="act-1", digest=b"e" * 32)
    assert journal.append_now([other]) == [Conflict("idempotency_key_reused")]


def test_two_hundred_amendments_at_once_leave_versions_without_gaps(
    journal: PostgresJournal, database: Database
) -> None:
    receipt = receipt_of(journal.append_now([lodge(database)])[0])

    def amend(number: int) -> int:
        expected, key = 1, f"amend-{number}"
        while True:
            body = f'{{"amendment":{number}}}'.encode()
            act = change(
                database, receipt, expected, key=key, digest=sha256(body).digest(), body=body, media="application/json"
            )
            outcome = journal.append_now([act])[0]
            if not isinstance(outcome, Conflict):
                return outcome.version
            assert outcome.code == "stale_version"
            expected = outcome.version

    with ThreadPoolExecutor(16) as pool:
        versions = sorted(pool.map(amend, range(200)))
    assert versions == list(range(2, 202))
    lane, submission = place_of(database, receipt)
    bodies = rows_of(
        database,
        f"SELECT version, bytes FROM body WHERE lane = {lane} AND submission = %s ORDER BY version",
        submission,
    )
    assert [version for version, _ in bodies] == list(range(1, 202))
    assert len({decompress(frame, NEWEST) for _, frame in bodies[1:]}) == 200


def test_issued_documents_and_their_revocation_come_with_the_act(journal: PostgresJournal, database: Database) -> None:
    receipt = receipt_of(journal.append_now([lodge(database)])[0])
    lane, submission = place_of(database, receipt)
    row = {
        "number": f"IL-{receipt.reference}",
        "submission": submission,
        "service": receipt.service,
        "key_id": "1",
        "payload": b"{}",
        "signature": b"s",
        "issued_at": receipt.lodged_at,
    }
    journal.append_now([change(database, receipt, 1, inserts=(("issued", row),))])
    revoked = {"number": row["number"], "revoked_at": receipt.lodged_at}
    journal.append_now([change(database, receipt, 2, inserts=(("revocation", revoked),))])
    assert rows_of(database, f"SELECT number, revoked_at FROM issued WHERE lane = {lane}") == [
        (row["number"], receipt.lodged_at)
    ]
