"""A dutiable commodities permit: issued when the duty is paid, closed by what the warehouse reports."""

import json
from datetime import datetime

from onewindow.definitions.catalogue import SERVICES
from onewindow.engine.calendar import load_calendars
from onewindow.engine.checking.checker import Judgement
from onewindow.engine.life.cycle import act, open_life
from onewindow.engine.life.life import Life
from onewindow.engine.registry import Registry
from onewindow.kernel.actor import SYSTEM, Actor
from onewindow.kernel.working_time import HONG_KONG

REGISTRY = Registry.load()
CALENDARS = load_calendars(SERVICES / "_shared")
PERMIT = "dutiable-commodities-permit"
NOW = datetime(2026, 6, 1, 12, tzinfo=HONG_KONG)
OFFICER = Actor(party="agency:ced", user="wing", roles=frozenset({"dutiable-commodities-officer", "revenue-officer"}))
LODGER = Actor(party="company:harbour-cellars", roles=frozenset({"lodger"}))
DOCUMENT = json.loads(REGISTRY.example(REGISTRY.catalogue.newest[PERMIT], NOW.date(), "R-1", NOW))


def begun() -> Life:
    checker = REGISTRY.checker(REGISTRY.catalogue.newest[PERMIT])
    judged = checker.judge(json.dumps(DOCUMENT).encode(), NOW.date(), NOW)
    assert isinstance(judged, Judgement)
    return open_life(checker.definition, judged.opening, NOW, CALENDARS, reference="7Q2K-M4XD-91TB")


def do(life: Life, name: str, actor: Actor, leg: str = "") -> Life:
    definition = REGISTRY.catalogue.newest[PERMIT]
    return act(definition, life, name, leg, {}, actor, NOW, CALENDARS, document=DOCUMENT).life


def issued() -> Life:
    life = do(begun(), "approve", OFFICER, "1")
    assert (life.state, life.document) == ("payable", None)
    return do(life, "pay", OFFICER, life.open_legs[0].id)


def test_the_permit_is_issued_with_its_balances_when_the_duty_is_paid() -> None:
    life = issued()
    assert life.document is not None
    assert (life.state, life.document.number) == ("issued", "E-7Q2K-M4XD-91TB")
    assert [(one.line, str(one.available), one.unit) for one in life.ledger.accounts] == [
        ("1", "168", "LTR"),
        ("2", "225", "LTR"),
    ]


def test_the_holder_reports_the_removal_and_nothing_further_is_issued() -> None:
    life = issued()
    life = do(life, "execute", LODGER, life.open_legs[0].id)
    assert (life.state, len(life.issued), life.open_legs) == ("executed", 1, ())


def test_the_warehouses_advice_closes_the_permit_whose_number_later_documents_may_still_quote() -> None:
    life = do(issued(), "executed", SYSTEM)
    assert (life.state, life.open_legs) == ("executed", ())
    assert life.document is not None


def test_a_permit_that_is_not_used_is_cancelled_and_valid_no_longer() -> None:
    life = do(issued(), "withdraw", LODGER)
    assert (life.state, life.document) == ("withdrawn", None)
