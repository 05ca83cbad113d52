"""A manifest holds hundreds of consignments in one document; size changes neither the verdict nor its place."""

import json
import time
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onewindow.engine.checking.checker import Checker
from onewindow.engine.registry import Registry

SERVICE = "sea-cargo-manifest"
DAY = date(2026, 6, 1)
SECONDS_MOST = 5.0
"""Generous: a shared machine under load; one judgement of 500 consignments takes a few milliseconds."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module")
def checker(registry: Registry) -> Checker:
    found = registry.in_force(SERVICE, DAY)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def example(registry: Registry) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        registry.example(registry.catalogue.newest[SERVICE], DAY, reference="SIZE-TEST")
    )
    return document


def manifest_of(example: dict[str, Any], consignments: int, *, per_master: int = 25) -> dict[str, Any]:
    """The example with so many consignments of one kind, spread over master bills, and totals that fit."""
    document = deepcopy(example)
    pattern = document["masters"][0]
    one = pattern["consignments"][0]
    starts = range(0, consignments, per_master)
    document["masters"] = [
        {
            **pattern,
            "number": f"MASTER{start:05d}",
            "consignments": [
                deepcopy(one) | {"number": f"HOUSE{number:05d}"}
                for number in range(start, min(start + per_master, consignments))
            ],
        }
        for start in starts
    ]
    document["totals"] = {
        "masters": len(starts),
        "consignments": consignments,
        "containers": len(starts) * len(pattern["containers"]),
        "packages": consignments * one["packages"],
        "gross_weight": str(consignments * int(one["gross_weight"])),
    }
    return document


def test_a_manifest_of_five_hundred_consignments_is_accepted_at_once(checker: Checker, example: dict[str, Any]) -> None:
    body = json.dumps(manifest_of(example, 500)).encode()
    checker.judge(body, DAY)
    began = time.perf_counter()
    outcome = checker.judge(body, DAY)
    assert outcome.accepted, outcome
    assert time.perf_counter() - began < SECONDS_MOST


def test_one_fault_among_five_hundred_consignments_is_found_at_its_place_alone(
    checker: Checker, example: dict[str, Any]
) -> None:
    document = manifest_of(example, 500)
    document["masters"][17]["consignments"][3]["cargo"][0]["description"] = "Said to contain"
    outcome = checker.judge(json.dumps(document).encode(), DAY)
    assert [(one.code, one.pointer) for one in getattr(outcome, "findings", ())] == [
        ("SEA-MAN-070", "/masters/17/consignments/3/cargo/0/description")
    ]


def test_every_one_of_five_hundred_faults_is_told(checker: Checker, example: dict[str, Any]) -> None:
    document = manifest_of(example, 500)
    for master in document["masters"]:
        for consignment in master["consignments"]:
            consignment["cargo"] = [{**consignment["cargo"][0], "volume": "0"}]
    outcome = checker.judge(json.dumps(document).encode(), DAY)
    assert [one.code for one in getattr(outcome, "findings", ())] == ["SEA-MAN-073"] * 500


@settings(max_examples=20, deadline=None)
@given(consignments=st.integers(1, 120), per_master=st.integers(1, 40), wrong=st.integers(1, 9))
def test_totals_hold_however_the_consignments_are_spread_and_fail_when_one_is_wrong(
    checker: Checker, example: dict[str, Any], consignments: int, per_master: int, wrong: int
) -> None:
    document = manifest_of(example, consignments, per_master=per_master)
    assert checker.judge(json.dumps(document).encode(), DAY).accepted
    document["totals"]["consignments"] += wrong
    outcome = checker.judge(json.dumps(document).encode(), DAY)
    assert [one.pointer for one in getattr(outcome, "findings", ())] == ["/totals/consignments"]


def test_the_ten_thousandth_consignment_of_a_bill_is_one_too_many(checker: Checker, example: dict[str, Any]) -> None:
    document = manifest_of(example, 10_000, per_master=10_000)
    outcome = checker.judge(json.dumps(document).encode(), DAY)
    assert ("TOO-MANY", "/masters/0/consignments") in [
        (one.code, one.pointer) for one in getattr(outcome, "findings", ())
    ]
