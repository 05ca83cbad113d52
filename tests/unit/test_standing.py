"""Standing rules: what a document may draw on a licence, row after row."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from onewindow.engine.checking.checker import Judgement
from onewindow.engine.checking.standing import Known, answer, questions
from onewindow.engine.registry import Registry

DAY = date(2026, 6, 12)
LICENCE = "strategic-commodities-import-licence"
NUMBER = "SIL-7Q2K-M4XD-91TB"
REGISTRY = Registry.load()
DECLARATION = REGISTRY.catalogue.newest["import-declaration"]


def findings(kind: str, *quantities: str, left: str = "10", unit: str = "KGM", until: date | None = None) -> list[str]:
    """Pointers of what a kind of rule refuses: a declaration draws these quantities on line 1, one goods item each."""
    checker = REGISTRY.checker(DECLARATION)
    document = json.loads(REGISTRY.example(DECLARATION, DAY))
    for goods, quantity in zip(document["goods"], quantities, strict=False):
        goods["licences"] = [{"kind": "911", "number": NUMBER, "line": 1, "quantity": quantity, "unit": "KGM"}]
    judged = checker.judge(json.dumps(document).encode(), DAY)
    assert isinstance(judged, Judgement), judged.findings
    asked = [question for question in questions(checker, judged.document, DAY) if question.rule.kind == kind]
    known = Known(NUMBER, LICENCE, "issued", frozenset({"us"}), valid_until=until, balances={"1": (left, unit)})
    return [finding.pointer for finding in answer(checker, judged.document, asked, {NUMBER: known}, frozenset({"us"}))]


@pytest.mark.parametrize(
    ("quantities", "refused"),
    [
        (("10",), []),
        (("10.1",), [0]),
        (("6", "4"), []),
        (("6", "5"), [1]),
        (("11", "1"), [0, 1]),
    ],
)
def test_rows_that_draw_on_one_line_may_draw_no_more_than_is_left_together(
    quantities: tuple[str, ...], refused: list[int]
) -> None:
    assert findings("within-balance", *quantities) == [f"/goods/{row}/licences/0/quantity" for row in refused]


def test_a_line_kept_in_another_unit_is_not_drawn_on() -> None:
    assert findings("within-balance", "1", unit="MTK") == ["/goods/0/licences/0/quantity"]


def test_a_licence_is_in_force_to_the_end_of_its_last_day() -> None:
    arrival = date.fromisoformat(json.loads(REGISTRY.example(DECLARATION, DAY))["transport"]["arrival_date"])
    assert findings("refers-to", "1", until=arrival) == []
    assert findings("refers-to", "1", until=None) == []
    assert findings("refers-to", "1", until=arrival - timedelta(days=1)) == ["/goods/0/licences/0/number"]
