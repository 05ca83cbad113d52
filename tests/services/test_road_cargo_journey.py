"""Road cargo goes as its bundle goes: the definitions' own acts, one after the other."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import pytest

from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.cycle import NotNow, Unfit, act, open_life, run_out
from onewindow.engine.life.life import Life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.working_time import HONG_KONG

REGISTRY = Registry.load()
CARGO, BUNDLE = "road-cargo-information", "road-cargo-information.bundle"
NOW = datetime(2026, 6, 1, 12, tzinfo=HONG_KONG)
OFFICER = Actor(party="agency:ced", user="wing", roles=frozenset({"control-point-officer"}))


def begun(service: str) -> Life:
    """The life that the service's example begins."""
    checker = REGISTRY.checker(REGISTRY.catalogue.newest[service])
    judged = checker.judge(
        REGISTRY.example(REGISTRY.catalogue.newest[service], NOW.date(), "R-1", NOW), NOW.date(), NOW
    )
    assert isinstance(judged, Judgement)
    return open_life(checker.definition, judged.opening, NOW, {})


def do(service: str, life: Life, name: str, leg: str = "", body: Mapping[str, object] | None = None) -> Life:
    definition = REGISTRY.catalogue.newest[service]
    return act(definition, life, name, leg, body or {}, OFFICER if leg else SYSTEM, NOW, {}).life


def carried(cargo: Life, bundle: Life, on: str) -> Life:
    """The cargo after what the bundle does to it when `on` happens."""
    for effect in bundle.effects:
        if effect.on == on and effect.refers == bundle.effects[0].refers:
            cargo = do(CARGO, cargo, effect.act, body={**effect.values, "by": "the bundle"})
    return cargo


def test_cargo_is_bundled_arrives_is_inspected_and_crosses_with_its_vehicle() -> None:
    cargo, bundle = begun(CARGO), begun(BUNDLE)
    states = [(bundle.state, (cargo := carried(cargo, bundle, "lodged")).state)]
    for name in ("arrive", "select", "inspect", "cross"):
        bundle = msgspec.structs.replace(bundle, settled=("all", "lodged"))
        bundle = do(BUNDLE, bundle, name, bundle.open_legs[0].id)
        states.append((bundle.state, (cargo := carried(cargo, bundle, name)).state))
    assert states == [
        ("bundled", "bundled"),
        ("at-control-point", "at-control-point"),
        ("inspection", "inspection"),
        ("released", "inspected"),
        ("crossed", "crossed"),
    ]
    assert cargo.open_legs == ()
    assert cargo.bound_to == ""


def test_a_vehicle_that_is_not_chosen_is_released_with_its_cargo() -> None:
    bundle = msgspec.structs.replace(begun(BUNDLE), settled=("all", "lodged"))
    cargo = carried(begun(CARGO), bundle, "lodged")
    for name in ("arrive", "release", "cross"):
        bundle = do(BUNDLE, bundle, name, bundle.open_legs[0].id)
        cargo = carried(cargo, bundle, name)
    assert (bundle.state, cargo.state) == ("crossed", "crossed")


def test_unbundling_frees_the_cargo_to_be_amended_or_bundled_anew() -> None:
    bundle = begun(BUNDLE)
    cargo = carried(begun(CARGO), bundle, "lodged")
    bundle = do(BUNDLE, bundle, "dissolve")
    cargo = carried(cargo, bundle, "dissolve")
    assert (bundle.state, cargo.state, cargo.bound_to) == ("unbundled", "registered", "")


def expired(cargo: Life, after: timedelta) -> Life | None:
    """The cargo once its clock was looked at; None when nothing is due."""
    definition = REGISTRY.catalogue.newest[CARGO]
    step = run_out(definition, cargo, cargo.open_legs[0].id, "expiry", NOW + after, {})
    return step.life if step else None


def test_cargo_that_does_not_cross_within_its_time_expires_by_itself() -> None:
    cargo = begun(CARGO)
    assert expired(cargo, timedelta(days=14, hours=23)) is None
    late = expired(cargo, timedelta(days=15))
    assert late is not None
    assert (late.state, late.open_legs) == ("expired", ())


def test_cargo_on_its_way_with_a_vehicle_does_not_expire_until_it_is_taken_off() -> None:
    bundle = begun(BUNDLE)
    cargo = carried(begun(CARGO), bundle, "lodged")
    with pytest.raises(NotNow):
        expired(cargo, timedelta(days=15))
    cargo = carried(cargo, do(BUNDLE, bundle, "dissolve"), "dissolve")
    late = expired(cargo, timedelta(days=16))
    assert late is not None
    assert late.state == "expired"


def test_cargo_moves_only_with_the_bundle_that_holds_it_and_never_past_the_control_point_unseen() -> None:
    bundle = begun(BUNDLE)
    cargo = carried(begun(CARGO), bundle, "lodged")
    with pytest.raises(Unfit, match="another bundle"):
        do(CARGO, cargo, "arrived", body={"by": "somebody else's"})
    for name in ("released", "crossed", "bundle"):
        with pytest.raises(NotNow):
            do(CARGO, cargo, name, body={"by": "the bundle"})
