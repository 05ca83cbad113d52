"""Standing rules: what a document may draw on a licence, row after row."""

from __future__ import annotations

import json
from datetime import date

import pytest

from onewindow.engine.checking.checker import Judgement
from onewindow.engine.checking.standing import Known, answer, questions
from onewindow.engine.registry import Registry

DAY = date(2026, 6, 12)
NUMBER = "SIL-7Q2K-M4XD-91TB"
REGISTRY = Registry.load()


def findings(*quantities: str, left: str = "10", unit: str = "KGM") -> list[str]:
    """Pointers of what is refused of a declaration that draws these quantities on line 1, one goods item each."""
    checker = REGISTRY.checker("import-declaration")
    assert checker is not None
    document = json.loads(REGISTRY.example("import-declaration", DAY))
    for goods, quantity in zip(document["goods"], quantities, strict=False):
        goods["licences"] = [{"kind": "911", "number": NUMBER, "line": 1, "quantity": quantity, "unit": "KGM"}]
    judged = checker.judge(json.dumps(document).encode(), DAY)
    assert isinstance(judged, Judgement), judged.findings
    asked = [
        question for question in questions(checker, judged.document, DAY) if question.rule.kind == "within-balance"
    ]
    known = Known(NUMBER, "strategic-commodities-import-licence", "issued", balances={"1": (left, unit)})
    return [finding.pointer for finding in answer(checker, judged.document, asked, {NUMBER: known}, frozenset())]


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
    assert findings(*quantities) == [f"/goods/{row}/licences/0/quantity" for row in refused]


def test_a_line_kept_in_another_unit_is_not_drawn_on() -> None:
    assert findings("1", unit="MTK") == ["/goods/0/licences/0/quantity"]
