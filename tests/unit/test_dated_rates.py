"""A rate is looked up on the day that an expression names, and is absent where none is in force."""

import json
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.tiny_service import SERVICE, write_services

from onewindow.engine.checking.checker import Checker, Judgement
from onewindow.engine.registry import Registry

CAPPED = "min(rate('declaration_charge.cap', arrival), 500 * rate('declaration_charge.first', arrival) * 1000)"


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    service = SERVICE.replace(SERVICE.split('amount = "')[1].split('"\n')[0], CAPPED)
    registry = Registry.load(write_services(tmp_path_factory.mktemp("rates"), service=service, rules=""))
    return registry.checker(registry.catalogue.newest["tiny"])


@pytest.mark.parametrize(
    ("arrival", "charge"),
    [("2012-07-31", "250000.00"), ("2018-07-31", "100000.00"), ("2018-08-01", "200.00"), ("2026-05-30", "200.00")],
)
def test_the_day_of_shipment_not_of_lodging_decides_the_rate(checker: Checker, arrival: str, charge: str) -> None:
    document = {
        "reference": "R-1",
        "arrival": arrival,
        "goods": [{"description": "Rope", "origin": "CN", "value": "10"}],
    }
    outcome = checker.judge(json.dumps(document).encode(), date(2026, 6, 1))
    charges = outcome.charges if isinstance(outcome, Judgement) else outcome.findings
    assert charges == (("fee", Decimal(charge), "HKD"),)
