"""Days and moments as people read them: Hong Kong's, whatever zone they were kept in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from onewindow.kernel.hong_kong import HONG_KONG
from onewindow.web.dates import day_in_words, moment_in_words

EVENING_IN_LONDON = datetime(2026, 11, 22, 23, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (date(2026, 11, 22), "22 November 2026", "2026年11月22日"),
        (EVENING_IN_LONDON, "23 November 2026", "2026年11月23日"),
        (EVENING_IN_LONDON.astimezone(HONG_KONG), "23 November 2026", "2026年11月23日"),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "22 November 2026", "2026年11月22日"),
    ],
)
def test_a_day_is_the_day_in_hong_kong(day: date, english: str, chinese: str) -> None:
    assert day_in_words(day, "en") == english
    assert day_in_words(day, "zh-Hant") == chinese


def test_a_moment_is_said_on_the_day_it_has_in_hong_kong() -> None:
    assert moment_in_words(EVENING_IN_LONDON, "en") == "23 November 2026, 7:35 am"
