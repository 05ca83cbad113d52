"""The language of a service: what it accepts, and that every slip is refused with file, line and cure."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tiny_service import ITEMS, RULES, SERVICE, rule, write_services

from onewindow.definitions.errors import BrokenDefinitions
from onewindow.engine.checking.checker import Checker, Judgement, MalformedDocument
from onewindow.engine.registry import Registry

DAY = date(2026, 11, 22)
GOOD = {
    "reference": "A1",
    "arrival": "2026-11-25",
    "total": "150.00",
    "packages": 2,
    "goods": [
        {"description": "Tea", "origin": "CN", "value": "100.00", "gross": "2.5", "net": "2", "seals": ["S1"]},
        {"description": "Cups", "origin": "JP", "value": "50.00", "live": False},
    ],
}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    found = Registry.load(write_services(tmp_path_factory.mktemp("language"))).in_force("tiny", DAY)
    assert found is not None
    return found


def changed(**changes: object) -> dict[str, object]:
    return {**json.loads(json.dumps(GOOD)), **changes}


def findings(checker: Checker, document: object, day: date = DAY) -> list[str]:
    verdict = checker.judge(json.dumps(document).encode(), day)
    return sorted(f"{one.code} {one.pointer}" for one in (() if isinstance(verdict, Judgement) else verdict.findings))


def test_a_good_document_is_accepted_with_its_stages_and_charges(checker: Checker) -> None:
    judged = checker.judge(json.dumps(GOOD).encode(), DAY)
    assert isinstance(judged, Judgement)
    assert (judged.sender_reference, judged.stages) == ("A1", ("vetting",))
    assert judged.charges == (("fee", Decimal("0.40"), "HKD"),)


def test_a_fee_outside_its_period_is_not_charged(checker: Checker) -> None:
    judged = checker.judge(json.dumps(changed(arrival="2018-07-01")).encode(), date(2018, 7, 1))
    assert isinstance(judged, Judgement)
    assert judged.charges == ()


def test_a_stage_opens_when_its_condition_holds(checker: Checker) -> None:
    live = changed(permit="P1")
    live["goods"][0]["live"] = True  # type: ignore[index]
    judged = checker.judge(json.dumps(live).encode(), DAY)
    assert isinstance(judged, Judgement)
    assert judged.stages == ("vetting", "inspection")


def test_every_fault_of_a_document_is_told_at_once(checker: Checker) -> None:
    bad = changed(arrival="2026-13-40", total="999", surprise=1)
    bad["goods"][1] |= {"origin": "XX", "net": "9", "gross": "1"}  # type: ignore[index]
    del bad["goods"][0]["description"]  # type: ignore[attr-defined]
    assert findings(checker, bad) == [
        "CODE-LIST /goods/1/origin",
        "FORMAT-DATE /arrival",
        "REQUIRED /goods/0/description",
        "TINY-001 /goods/1/net",
        "TINY-002 /total",
        "UNKNOWN /surprise",
    ]


def test_a_rule_is_silent_about_a_row_whose_value_is_malformed(checker: Checker) -> None:
    bad = changed()
    bad["goods"][0] |= {"gross": "x", "net": "9"}  # type: ignore[index]
    assert findings(checker, bad) == ["FORMAT-DECIMAL /goods/0/gross"]


def test_a_rule_counts_from_the_day_it_is_in_force(checker: Checker) -> None:
    dear = changed(total="50050.01")
    dear["goods"][0]["value"] = "50000.01"  # type: ignore[index]
    dear["goods"][0] = {key: value for key, value in dear["goods"][0].items() if key not in ("net", "gross")}  # type: ignore[index]
    assert findings(checker, dear) == ["TINY-007 /goods/0/net"]
    assert findings(checker, {**dear, "arrival": "2025-12-31"}, date(2025, 12, 31)) == []


@pytest.mark.parametrize("empty", [None, ""])
def test_absent_and_empty_are_the_same(checker: Checker, empty: object) -> None:
    assert findings(checker, changed(permit=empty, packages=None)) == []


def test_decimals_may_be_numbers_and_are_kept_exactly(checker: Checker) -> None:
    body = json.dumps(GOOD).replace('"100.00"', "100.00").replace('"150.00"', "150.01")
    judged = checker.judge(body.encode(), DAY)
    assert isinstance(judged, Judgement)
    assert judged.document.goods[0].value == "100.00"


def test_rows_beyond_the_most_are_told_once(checker: Checker) -> None:
    many = changed(
        total=None, packages=None, goods=[{"description": f"Tea {n}", "origin": "CN", "value": "1"} for n in range(7)]
    )
    assert findings(checker, many) == ["TOO-MANY /goods"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a":NaN}', b'{"reference":"A","reference":"B"}', b'{"reference":"\\ud800"}']
)
def test_what_is_no_strict_json_document_is_malformed(checker: Checker, body: bytes) -> None:
    with pytest.raises(MalformedDocument):
        checker.judge(body, DAY)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6),
    st.sampled_from(["CN", "2026-11-25", "12.50", "A1"]),
)
ROWS = st.dictionaries(
    st.sampled_from(["description", "origin", "value", "gross", "net", "packages", "live", "zz"]), VALUES
)
DOCUMENTS = st.builds(
    lambda top, rows: {**GOOD, **top, "goods": [*GOOD["goods"], *rows]},  # type: ignore[misc]
    st.dictionaries(st.sampled_from(["reference", "arrival", "permit", "total", "packages", "zz"]), VALUES),
    st.lists(ROWS, max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_what_the_fast_path_accepts_the_exact_path_accepts_too(checker: Checker, document: object) -> None:
    body = json.dumps(document).encode()
    moment = "2026-11-22T12:00:00+08:00"
    fast = checker.judge(body, DAY)
    exact = checker._collect(body, checker._day(DAY), moment)
    assert isinstance(fast, Judgement) == isinstance(exact, Judgement)
    if not isinstance(fast, Judgement) and not isinstance(exact, Judgement):
        assert fast.findings == exact.findings


def clock(more: str) -> str:
    """A further stage with a clock."""
    return f"""
[[stage]]
name = "waiting"
title = {{ en = "Waiting", zh-Hant = "等候", zh-Hans = "等候" }}
agency = "afcd"
role = "officer"
state = "vetting"
actions = ["refuse"]
[[stage.clock]]
name = "patience"
limit = {{ days = 3 }}
calendar = "always"
{more}
"""


BROKEN = [
    ({"service": SERVICE.replace('family = "licence"', 'family = "lisence"')}, "service.toml:3", "families:"),
    ({"service": SERVICE.replace('actions = ["approve", "refuse"]', 'actions = ["aprove"]')}, "service.toml", "aprove"),
    ({"service": SERVICE.replace("sum(goods.value) >= 100", "goods.value >= 100")}, "service.toml", "sum, count"),
    ({"service": SERVICE.replace("any(goods, live)", "any(goods, alive)")}, "service.toml", "alive"),
    ({"service": SERVICE + "\ncolour = 1"}, "service.toml", "colour"),
    ({"service": SERVICE + '\n[action.score]\ntells = ["lodger"]'}, "service.toml", "take `tells` out"),
    ({"service": SERVICE + clock('breach = "refuse"')}, "service.toml", 'by = ["system"]'),
    ({"service": SERVICE + clock('breach = "lapse"')}, "service.toml", "lapse"),
    ({"items": ITEMS.replace('"137!"', '"999!"')}, "items.toml:13", "dictionary id"),
    ({"items": ITEMS.replace('codes = "country"', 'codes = "contry"')}, "items.toml:14", "contry"),
    ({"items": ITEMS.replace('own = "a plain day", ', "")}, "items.toml:3", "own ="),
    (
        {"rules": RULES + rule("TINY-008", 'kind = "must-be"\nitem = "permit"\ntest = "permit > 5"')},
        "rules.toml:",
        "like with like",
    ),
    ({"rules": RULES + rule("TINY-009", 'kind = "must_be"\nitem = "permit"\ntest = "1"')}, "rules.toml:", "kinds:"),
    (
        {"rules": RULES + rule("TINY-010", 'kind = "required-if"\nitem = "permitt"\nwhen = "packages > 1"')},
        "rules.toml:",
        "permitt",
    ),
    (
        {"rules": RULES + rule("TINY-011", 'kind = "must-be"\nitem = "permit"\ntest = "__import__(permit)"')},
        "rules.toml:",
        "functions:",
    ),
    ({"rules": RULES.replace('remedy = { en = "E"', 'remedy = { fr = "E"', 1)}, "rules.toml:", "all three languages"),
    ({"rules": "[TINY-001]\nkind = "}, "rules.toml:2", "correct the line"),
]


@pytest.mark.parametrize(("parts", "place", "cure"), BROKEN, ids=[f"{place}-{cure}" for _, place, cure in BROKEN])
def test_a_broken_definition_is_refused_with_file_line_and_cure(
    tmp_path: Path, parts: dict[str, str], place: str, cure: str
) -> None:
    with pytest.raises(BrokenDefinitions) as refused:
        Registry.load(write_services(tmp_path, **parts))
    assert place in str(refused.value)
    assert cure in str(refused.value)
