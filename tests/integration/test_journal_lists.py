"""Lists: in order, page by page without gap or overlap, each reader its own, every filter answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from integration.journal_world import change, journal_of, lodge, receipt_of
from onewindow.application.ports import Filter, Page
from onewindow.kernel.actor import Actor
from onewindow.kernel.identity import new_id
from onewindow.storage import register as register_module
from onewindow.storage.register import PostgresRegister
from onewindow.storage.tenant import Reader
from onewindow.storage.worklist import PostgresFollowed, PostgresMailbox, PostgresWorklist
from servers import Database

OFFICER = Actor(party="agency:customs", roles=frozenset({"officer", "inspector"}), user="7")
ALPHA = Actor(party="company:alpha")

TASK = b"""
    INSERT INTO task (opened_at, due_at, submission, lane, agency, id, role, service, stage, state, holder, reference,
        summary)
    SELECT now(), %s, id, lane, 'customs', reference || '-1', %s, service, 'vetting', %s, %s, reference, summary
    FROM submission WHERE reference = %s"""
NOTICES = b"""
    INSERT INTO notice (number, at, submission, lane, recipient, cause, kind, service, reference, state, payload)
    SELECT n, now(), gen_random_uuid(), 0, r, n::text, 'decided', 's', 'x', 'issued', '{}'
    FROM generate_series(1, 5) n, unnest(ARRAY['company:alpha', 'company:beta']) r"""


@dataclass
class Lists:
    """Readers on a database with 40 submissions of one company and a task for each."""

    database: Database
    register: PostgresRegister
    worklist: PostgresWorklist
    mailbox: PostgresMailbox
    followed: PostgresFollowed
    references: list[str]


@pytest.fixture(scope="module")
def lists(database: Database) -> Iterator[Lists]:
    with journal_of(database) as journal:
        commands = [lodge(database, summary=f"Fook Lee {number}") for number in range(40)]
        receipts = [receipt_of(outcome) for outcome in journal.append_now(commands)]
        journal.append_now([change(database, receipt, 1, state="queried") for receipt in receipts[:5]])
    with psycopg.connect(database.owner_dsn) as owner:
        for number, receipt in enumerate(receipts):
            owner.execute(
                TASK,
                (
                    datetime(2026, 12, 1, tzinfo=UTC) - timedelta(days=number) if number % 4 else "infinity",
                    ("officer", "inspector", "director")[number % 3],
                    "claimed" if number < 4 else "pending",
                    "7" if number < 2 else "",
                    receipt.reference,
                ),
            )
        owner.execute(NOTICES)
    reader = Reader(database.dsn("web"))
    yield Lists(
        database,
        PostgresRegister(reader, database.secret, lambda: ["import-declaration"]),
        PostgresWorklist(reader, database.secret),
        PostgresMailbox(reader),
        PostgresFollowed(reader),
        [receipt.reference for receipt in receipts],
    )
    reader.close()


def all_of(ask: object, wanted: Filter, limit: int) -> list[str]:
    """References of every page, one after another."""
    seen: list[str] = []
    page = Page()
    while True:
        page = ask(wanted, page.after, limit)  # type: ignore[operator]
        seen += [row.reference for row in page.rows]  # type: ignore[attr-defined]
        if not page.after:
            return seen


def test_pages_of_own_submissions_meet_newest_first(lists: Lists) -> None:
    seen = all_of(lambda *rest: lists.register.submissions(ALPHA, *rest), Filter(), 7)
    assert sorted(seen) == sorted(lists.references)
    assert all_of(lambda *rest: lists.register.submissions(Actor(party="company:x"), *rest), Filter(), 7) == []


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(state="queried"), 5),
        (Filter(service="import-declaration"), 40),
        (Filter(service="other"), 0),
        (Filter(words="fook LEE 39"), 1),
    ],
)
def test_a_filter_finds_all_though_a_window_is_small(
    lists: Lists, monkeypatch: pytest.MonkeyPatch, wanted: Filter, count: int
) -> None:
    monkeypatch.setattr(register_module, "WINDOW", 9)
    seen = all_of(lambda *rest: lists.register.submissions(ALPHA, *rest), wanted, 4)
    assert len(seen) == len(set(seen)) == count


def test_tasks_come_the_most_urgent_first_for_the_roles_one_holds(lists: Lists) -> None:
    seen: list[tuple[datetime | None, str]] = []
    page = Page()
    while True:
        page = lists.worklist.tasks(OFFICER, Filter(), page.after, 6)
        seen += [(row.due_at, row.role) for row in page.rows]  # type: ignore[attr-defined]
        if not page.after:
            break
    assert len(seen) == 27
    assert {role for _, role in seen} == {"officer", "inspector"}
    due = [at or datetime.max.replace(tzinfo=UTC) for at, _ in seen]
    assert due == sorted(due)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(state="claimed"), 3),
        (Filter(state="pending"), 24),
        (Filter(service="import-declaration"), 27),
        (Filter(service="other"), 0),
        (Filter(words="lee 1"), 8),
        (Filter(state="claimed", words="lee 1"), 1),
    ],
)
def test_work_lists_are_filtered(lists: Lists, wanted: Filter, count: int) -> None:
    assert len(all_of(lambda *rest: lists.worklist.tasks(OFFICER, *rest), wanted, 5)) == count


def test_a_task_is_found_by_its_reference_however_it_is_typed(lists: Lists) -> None:
    reference = lists.references[0]
    typed = reference.lower().replace("-", " ")
    assert [row.reference for row in lists.worklist.tasks(OFFICER, Filter(words=typed)).rows] == [reference]  # type: ignore[attr-defined]


def test_another_agency_sees_neither_tasks_nor_submissions(lists: Lists) -> None:
    other = Actor(party="agency:epd", roles=OFFICER.roles)
    task = lists.worklist.tasks(OFFICER, Filter()).rows[0].id  # type: ignore[attr-defined]
    assert lists.worklist.task(OFFICER, task) is not None
    assert lists.worklist.task(other, task) is None
    assert lists.worklist.tasks(other, Filter()).rows == ()
    assert lists.register.submissions(other, Filter()).rows == ()
    assert len(all_of(lambda *rest: lists.register.submissions(OFFICER, *rest), Filter(), 9)) == 40


def test_ones_own_tasks_are_found(lists: Lists) -> None:
    assert {row.holder for row in lists.worklist.held(OFFICER, Filter()).rows} == {"7"}  # type: ignore[attr-defined]


def test_nonsense_in_place_of_a_page_begins_at_the_beginning(lists: Lists) -> None:
    first = lists.worklist.tasks(OFFICER, Filter(), "", 3)
    assert lists.worklist.tasks(OFFICER, Filter(), "'; DROP TABLE task; --~x", 3).rows == first.rows
    assert lists.register.submissions(ALPHA, Filter(), "nonsense", 3).rows


def test_notices_are_numbered_and_ones_own(lists: Lists) -> None:
    assert [notice.number for notice in lists.mailbox.notices(ALPHA, after=2)] == [3, 4, 5]
    assert [notice.number for notice in lists.mailbox.notices(ALPHA, limit=2)] == [1, 2]
    assert lists.mailbox.notices(Actor(party="company:x")) == []


def test_waiting_for_work_lists_ends_when_they_are_late(lists: Lists) -> None:
    lane = lodge(lists.database).lane
    assert not lists.followed.wait(lane, 0.1)
    with psycopg.connect(lists.database.owner_dsn) as owner:
        owner.execute("INSERT INTO position (lane, follower, pos) SELECT lane, 'worklist', head FROM lane")
    assert lists.followed.wait(lane, 0.1)


def test_identifiers_made_by_us_sort_by_time() -> None:
    assert new_id(1_000_000_000).int < new_id(2_000_000_000_000_000).int
