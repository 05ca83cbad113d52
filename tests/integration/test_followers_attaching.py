"""A file belongs to the submission that names it, wherever its owner's lane is, and to no other."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.follower_world import VETTER, World, world_of
from onewindow.application.acting import Call, perform
from onewindow.followers.attaching import AttachingFollower
from onewindow.kernel.lane import lane_of
from servers import Database


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database) as world:
        yield world


def upload(world: World, owner: str) -> UUID:
    identity = uuid4()
    with psycopg.connect(world.database.owner_dsn) as connection:
        connection.execute(
            "INSERT INTO attachment (lane, id, at, size, owner, name, media, digest, bytes)"
            " VALUES (%s, %s, now(), 5, %s, 'a.txt', 'text/plain', '', 'hello')",
            (lane_of(owner, world.database.secret), identity, owner),
        )
    return identity


def attached(world: World, reference: str) -> set[UUID]:
    """Files that lie with the submission, in its lane."""
    lane = lane_of("company:alpha", world.database.secret)
    statement = "SELECT a.id FROM attachment a JOIN submission s ON s.lane = a.lane AND s.id = a.submission"
    return {row[0] for row in world.rows(f"{statement} WHERE a.lane = {lane} AND s.reference = %s", reference)}


def lodged_with(world: World, *files: object) -> str:
    opening = {"stages": ["vetting"], "files": [str(one) for one in files]}
    reference = world.lodge(opening=opening).reference
    world.follow(AttachingFollower())
    return reference


def test_the_lodgers_own_file_belongs_to_its_document(world: World) -> None:
    own = upload(world, "company:alpha")
    assert attached(world, lodged_with(world, own)) == {own}


def test_a_file_of_somebody_else_attaches_nothing(world: World) -> None:
    foreign = upload(world, "company:beta")
    assert attached(world, lodged_with(world, foreign, "not-an-id", uuid4())) == set()


def test_a_file_belongs_to_the_first_that_names_it(world: World) -> None:
    own = upload(world, "company:alpha")
    first, second = lodged_with(world, own), lodged_with(world, own)
    assert (attached(world, first), attached(world, second)) == ({own}, set())


def test_an_officers_file_comes_to_the_submission_from_its_agencys_lane(world: World) -> None:
    reference = lodged_with(world)
    photo = upload(world, "agency:afcd")
    body = {"to": "person", "words": "see"}
    perform(world.desk, Call(VETTER, reference, "message", "1", body, files=(str(photo),)))
    world.follow(AttachingFollower())
    world.follow(AttachingFollower())
    assert attached(world, reference) == {photo}
