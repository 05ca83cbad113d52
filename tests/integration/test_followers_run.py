"""Followers go on by themselves: through lost connections, past a lane that cannot be read, until told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from integration.follower_world import World, world_of
from onewindow.followers.follow import Connection, Entry
from onewindow.followers.run import Worker, lane_worker, run_followers
from onewindow.followers.worklist import WorklistFollower
from onewindow.kernel.lane import lane_of
from servers import Database
from unit.life_services import CALENDARS


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database) as world:
        yield world


@contextmanager
def running(world: World, *workers: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_followers, args=(world.database.dsn("follower"), workers, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "it stops when it is told to"


def within(seconds: float, happened: Callable[[], object]) -> bool:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def tasks(world: World, reference: str) -> int:
    return len(world.rows("SELECT FROM task WHERE reference = %s", reference))


def test_a_lost_connection_is_made_again(world: World) -> None:
    with running(world, lane_worker(lambda _: WorklistFollower(world.shelf, CALENDARS), "worklist")):
        first = world.lodge().reference
        assert within(20, lambda: tasks(world, first) == 2)
        others = "SELECT pid FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
        assert world.rows(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS other")
        second = world.lodge().reference
        assert within(20, lambda: tasks(world, second) == 2)


class Stumbling(WorklistFollower):
    """Fails in one lane for ever."""

    name = "stumbling"

    def __init__(self, world: World, lane: int) -> None:
        super().__init__(world.shelf, CALENDARS)
        self.lane = lane
        self.read: set[int] = set()

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:  # noqa: ARG002
        if lane == self.lane:
            raise ValueError("this event cannot be read")
        self.read.add(lane)


def test_a_lane_that_cannot_be_read_holds_up_no_other(world: World) -> None:
    lanes = [lane_of(lodger, world.database.secret) for lodger in ("company:alpha", "company:beta", "company:gamma")]
    assert len(set(lanes)) > 1
    world.lodge()
    stumbling = Stumbling(world, lanes[0])
    with running(world, lane_worker(lambda _: stumbling, "stumbling")):
        for lodger in ("company:beta", "company:gamma"):
            world.lodge(lodger=lodger)
        assert within(20, lambda: set(lanes[1:]) - {lanes[0]} <= stumbling.read)
