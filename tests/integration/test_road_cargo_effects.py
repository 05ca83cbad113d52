"""Road cargo through the journal: a bundle binds its cargo, unbundling frees it, one effect after another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.follower_world import World, world_of
from onewindow.application.act_on_task import act_on_task
from onewindow.engine.registry import Registry
from onewindow.followers.effects import EffectFollower
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.task_id import task_id
from servers import Database

REGISTRY = Registry.load()
CARGO = "road-cargo-information"
OFFICER = Actor(party="agency:ced", user="wing", roles=frozenset({"control-point-officer"}))


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with world_of(database, *REGISTRY.catalogue.transactions(REGISTRY.catalogue.newest[CARGO])) as world:
        yield world


def reported(world: World) -> str:
    return world.lodge(CARGO, {"stages": ["selection"]}, lodger="company:shipper").reference


def bundled(world: World, *cargo: str) -> str:
    """A bundle of these, lodged by a driver, with the effects its definition writes."""
    definition = REGISTRY.catalogue.newest[f"{CARGO}.bundle"]
    effects = [[effect.on, effect.act, number, {}] for number in cargo for effect in definition.effects]
    opening = {"stages": [stage.name for stage in definition.stages], "effects": effects}
    reference = world.lodge(definition.id, opening, lodger="company:driver").reference
    world.follow(EffectFollower(world.desk))
    return reference


def state(world: World, reference: str) -> str:
    submission = world.desk.files.submission(SYSTEM, reference)
    assert submission is not None
    return submission.state


def test_a_bundle_takes_its_cargo_across_the_boundary(world: World) -> None:
    cargo = [reported(world), reported(world)]
    bundle = bundled(world, *cargo)
    assert [state(world, one) for one in cargo] == ["bundled", "bundled"]
    for leg, name, then in (
        ("1", "arrive", "at-control-point"),
        ("2", "release", "released"),
        ("3", "cross", "crossed"),
    ):
        act_on_task(world.desk, OFFICER, task_id(bundle, leg), name, b"{}")
        world.follow(EffectFollower(world.desk))
        assert [state(world, one) for one in (bundle, *cargo)] == [then] * 3


def test_unbundling_frees_the_cargo_of_its_bundle_and_no_other(world: World) -> None:
    free, held = reported(world), reported(world)
    other = bundled(world, held)
    bundle = bundled(world, free, held)
    assert (state(world, free), state(world, held)) == ("bundled", "bundled")
    effects = [["lodged", "dissolve", bundle, {}]]
    world.lodge(f"{CARGO}.unbundle", {"stages": [], "effects": effects}, lodger="company:driver")
    for _ in range(2):
        world.follow(EffectFollower(world.desk))
    assert [state(world, one) for one in (bundle, free, held, other)] == [
        "unbundled",
        "registered",
        "bundled",
        "bundled",
    ]
