"""Work lists follow the journal: every leg once, whatever dies in between, and the same again when rebuilt."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from integration.follower_world import NAMED_LICENCE, VETTER, World, world_of
from onewindow.application.act_on_task import act_on_task
from onewindow.application.refusals import Forbidden, HeldByAnother, KeyReused, NotAllowedNow, NotFound, Stale
from onewindow.followers.follow import behind, rebuild, step
from onewindow.kernel.lane import lane_of
from onewindow.kernel.task_id import parse_task_id, task_id
from servers import Database
from unit.life_services import AGENT, officer

TASKS = """SELECT id, agency, role, stage, state, holder, closed_at IS NULL, due_at < 'infinity', alarm_at IS NOT NULL
FROM task WHERE reference = %s ORDER BY id"""


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database) as world:
        yield world


def test_every_leg_that_lodging_opens_is_a_task_of_its_agency(world: World) -> None:
    receipt = world.lodge()
    world.follow()
    first, second = task_id(receipt.reference, "1"), task_id(receipt.reference, "2")
    assert world.rows(TASKS, receipt.reference) == [
        (first, "afcd", "licensing-officer", "vetting", "pending", "", True, True, True),
        (second, "ced", "checker", "checking", "pending", "", True, True, True),
    ]
    assert parse_task_id(first) == (receipt.reference, "1")


def test_an_act_changes_its_task_and_opens_the_next(world: World) -> None:
    receipt = world.lodge(opening={"stages": ["vetting", "inspection"]})
    first = task_id(receipt.reference, "1")
    act_on_task(world.desk, VETTER, first, "claim", b"")
    world.follow()
    assert world.rows(TASKS, receipt.reference)[0][4:7] == ("claimed", "ada", True)
    act_on_task(world.desk, VETTER, first, "approve", b"{}")
    world.follow()
    closed, opened = world.rows(TASKS, receipt.reference)
    assert closed[4:] == ("closed", "ada", False, False, False)
    assert opened[:5] == (task_id(receipt.reference, "2"), "afcd", "inspector", "inspection", "pending")


def test_a_test_submission_never_enters_a_work_list(world: World) -> None:
    receipt = world.lodge(mode="test")
    world.follow()
    assert world.rows(TASKS, receipt.reference) == []


def test_a_death_between_effect_and_position_leaves_neither(world: World) -> None:
    receipt = world.lodge()
    lane = lane_of("company:alpha", world.database.secret)
    step(world.connection, world.worklist, lane)
    second = world.lodge()

    class Dying:
        name, batch, reads, clear = "worklist", 10, world.worklist.reads, world.worklist.clear

        def apply(self, connection: psycopg.Connection, lane: int, entries: list[object]) -> None:
            world.worklist.apply(connection, lane, entries)
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with psycopg.connect(world.database.dsn("follower"), autocommit=True) as doomed, pytest.raises(psycopg.Error):
        step(doomed, Dying(), lane)
    assert world.rows(TASKS, second.reference) == []
    assert behind(world.connection, world.worklist) == [lane]
    world.follow()
    assert len(world.rows(TASKS, second.reference)) == 2
    assert len(world.rows(TASKS, receipt.reference)) == 2


def test_a_lane_that_another_process_reads_is_left_to_it(world: World) -> None:
    world.lodge()
    lane = lane_of("company:alpha", world.database.secret)
    with psycopg.connect(world.database.dsn("follower")) as other:
        other.execute(f"SELECT FROM position WHERE lane = {lane} AND follower = 'worklist' FOR UPDATE")
        assert step(world.connection, world.worklist, lane) == 0
    assert step(world.connection, world.worklist, lane) == 1


def test_a_rebuild_gives_the_same_rows(world: World) -> None:
    split = world.lodge("complaint", {"stages": ["triage", "closing"]})
    body = b'{"legs":[{"stage":"department","agency":"hyd"},{"stage":"department","agency":"dsd"}]}'
    act_on_task(world.desk, AGENT, task_id(split.reference, "1"), "split", body)
    world.follow()
    everything = "SELECT t::text FROM task t ORDER BY agency, id"
    before = world.rows(everything)
    assert any(",split," in row[0] for row in before)
    assert rebuild(world.connection, world.worklist) > 0
    assert world.rows(everything) == before


def test_refusals_of_acts_say_why(world: World) -> None:
    receipt = world.lodge()
    first = task_id(receipt.reference, "1")
    with pytest.raises(Forbidden):
        act_on_task(world.desk, officer("ced", "checker"), first, "claim", b"")
    with pytest.raises(NotFound):
        act_on_task(world.desk, VETTER, "nonsense", "claim", b"")
    act_on_task(world.desk, VETTER, first, "claim", b"", key="k")
    with pytest.raises(HeldByAnother) as held:
        act_on_task(world.desk, officer("afcd", "licensing-officer", "zoe"), first, "approve", b"")
    assert held.value.details["holder"] == "ada"
    with pytest.raises(NotAllowedNow) as refused:
        act_on_task(world.desk, VETTER, first, "claim", b"")
    assert refused.value.details["state"] == "vetting"
    assert "approve" in refused.value.details["allowed"]
    with pytest.raises(Stale) as stale:
        act_on_task(world.desk, VETTER, first, "approve", b"", expected=1)
    assert stale.value.details["version"] == 2


def test_the_same_key_and_body_get_the_first_answer_whatever_the_state_is_now(world: World) -> None:
    first = task_id(world.lodge().reference, "1")
    receipt = act_on_task(world.desk, VETTER, first, "claim", b"", key="claim-1")
    again = act_on_task(world.desk, VETTER, first, "claim", b"", key="claim-1", expected=1)
    assert (again.version, again.repeated) == (receipt.version, True)
    with pytest.raises(KeyReused):
        act_on_task(world.desk, VETTER, first, "approve", b"", key="claim-1")


def test_an_approval_issues_a_signed_document(world: World) -> None:
    receipt = world.lodge(opening={"stages": ["vetting"]})
    done = act_on_task(world.desk, VETTER, task_id(receipt.reference, "1"), "approve", b"{}")
    assert done.state == "issued"
    lane = lane_of("company:alpha", world.database.secret)
    number = f"{NAMED_LICENCE.issue.number_prefix}-{receipt.reference}"
    issued = world.rows(f"SELECT service, key_id FROM issued WHERE lane = {lane} AND number = %s", number)
    assert issued == [("licence", "test")]
    assert world.desk.files.submission(VETTER, number).reference == receipt.reference
