"""Scoring by a panel: each member marks every criterion; the mean of the members' totals decides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from onewindow.definitions.model import Panel
from onewindow.engine.life.refusal import unfit
from onewindow.kernel.words import Words

Marks = dict[str, Decimal]

_UNKNOWN = Words("This is not one of the criteria.", "評分準則中沒有此項。", "评分准则中没有此项。")
_USE_CRITERIA = Words("Use one of: {criteria}.", "請選用：{criteria}。", "请选用：{criteria}。")
_RANGE = Words("The mark must lie between 0 and {most}.", "分數須介乎 0 至 {most} 分。", "分数须介于 0 至 {most} 分。")
_CORRECT = Words("Correct the mark.", "請更正分數。", "请更正分数。")
_MISSING = Words("{criterion} has no mark.", "「{criterion}」尚未評分。", "“{criterion}”尚未评分。")
_MARK_ALL = Words("Mark every criterion.", "請就每項準則評分。", "请就每项准则评分。")


def marks_of(panel: Panel, rows: list[dict[str, object]]) -> Marks:
    """One member's marks by criterion. Raises Unfit for an unknown criterion, a mark out of range or one left out."""
    most = {code: limit for code, _, limit in panel.criteria}
    marks: Marks = {}
    for index, row in enumerate(rows):
        code, mark = str(row.get("criterion", "")), Decimal(str(row.get("mark", "0")))
        if code not in most:
            remedy = _USE_CRITERIA.filled(criteria=", ".join(most))
            raise unfit("ACT-CRITERION", f"/marks/{index}/criterion", _UNKNOWN, remedy, value=code)
        if not 0 <= mark <= most[code]:
            words = _RANGE.filled(most=most[code])
            raise unfit("ACT-MARK", f"/marks/{index}/mark", words, _CORRECT, value=str(mark))
        marks[code] = mark
    _demand_all(panel, marks)
    return marks


def verdict(panel: Panel, scores: Mapping[str, Marks]) -> str:
    """The action that closes the stage, or the empty string until the quorum has scored."""
    if len(scores) < panel.quorum:
        return ""
    return panel.passed if mean_total(scores) >= panel.pass_mark else panel.failed


def mean_total(scores: Mapping[str, Marks]) -> Decimal:
    """The mean over the members of their totals."""
    return sum((sum(marks.values(), Decimal(0)) for marks in scores.values()), Decimal(0)) / max(1, len(scores))


def _demand_all(panel: Panel, marks: Marks) -> None:
    for code, words, _ in panel.criteria:
        if code not in marks:
            missing = Words(*(text.replace("{criterion}", name) for text, name in _named(words)))
            raise unfit("ACT-CRITERION", "/marks", missing, _MARK_ALL, value=code)


def _named(words: Words) -> tuple[tuple[str, str], ...]:
    return ((_MISSING.en, words.en), (_MISSING.zh_hant, words.zh_hant), (_MISSING.zh_hans, words.zh_hans))
