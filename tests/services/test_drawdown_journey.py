"""An import licence for strategic commodities is drawn down shipment by shipment, and returned at the end."""

import json
from collections.abc import Mapping
from datetime import datetime

import pytest

from onewindow.definitions.catalogue import SERVICES
from onewindow.engine.calendar import load_calendars
from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.cycle import NotNow, Unfit, act, open_life
from onewindow.engine.life.life import Life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.working_time import HONG_KONG

REGISTRY = Registry.load()
CALENDARS = load_calendars(SERVICES / "_shared")
LICENCE = "strategic-commodities-import-licence"
NOW = datetime(2026, 6, 1, 12, tzinfo=HONG_KONG)
OFFICER = Actor(party="agency:tid", user="wing", roles=frozenset({"classification-officer", "licensing-officer"}))
DOCUMENT = json.loads(REGISTRY.example(REGISTRY.catalogue.newest[LICENCE], NOW.date(), "R-1", NOW))


def do(life: Life, name: str, actor: Actor, leg: str = "", body: Mapping[str, object] | None = None) -> Life:
    definition = REGISTRY.catalogue.newest[LICENCE]
    return act(definition, life, name, leg, body or {}, actor, NOW, CALENDARS, document=DOCUMENT).life


def issued() -> Life:
    checker = REGISTRY.checker(REGISTRY.catalogue.newest[LICENCE])
    judged = checker.judge(json.dumps(DOCUMENT).encode(), NOW.date(), NOW)
    assert isinstance(judged, Judgement)
    life = open_life(checker.definition, judged.opening, NOW, CALENDARS, reference="7Q2K-M4XD-91TB")
    for name in ("endorse", "approve"):
        life = do(life, name, OFFICER, life.open_legs[0].id)
    return life


def reserved(life: Life, cause: str, quantity: str) -> Life:
    return do(life, "reserve", SYSTEM, body={"cause": cause, "line": "1", "quantity": quantity})


def left(life: Life) -> str:
    account = life.ledger.account("1")
    assert account is not None
    return str(account.available)


def test_the_licence_is_in_use_for_six_months_once_it_is_classified_and_approved() -> None:
    life = issued()
    assert life.document is not None
    assert (life.state, life.document.number) == ("issued", "SIL-7Q2K-M4XD-91TB")
    assert life.document.valid_until == datetime(2026, 12, 1, 12, tzinfo=HONG_KONG)


def test_part_shipments_are_drawn_from_its_line_and_never_more_than_is_left() -> None:
    life = reserved(reserved(issued(), "first", "8"), "second", "8")
    assert left(life) == "8"
    with pytest.raises(Unfit, match="Only 8"):
        reserved(life, "third", "9")
    life = do(life, "commit", SYSTEM, body={"cause": "first"})
    life = do(life, "restore", SYSTEM, body={"cause": "second"})
    assert left(life) == "16"


def test_nothing_is_drawn_once_the_licence_was_returned() -> None:
    life = do(do(issued(), "shipped", SYSTEM), "returned", SYSTEM)
    assert (life.state, life.document, life.open_legs) == ("returned", None, ())
    with pytest.raises(NotNow):
        reserved(life, "late", "1")


def test_an_officer_may_close_a_licence_that_nobody_returns() -> None:
    life = issued()
    life = do(life, "take-back", OFFICER, life.open_legs[0].id, {"reason": "expired"})
    assert (life.state, life.document) == ("returned", None)
