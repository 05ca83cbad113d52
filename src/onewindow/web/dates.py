"""Days and moments in words, in Hong Kong's time."""

from __future__ import annotations

from datetime import date, datetime

from onewindow.kernel.hong_kong import HONG_KONG, hong_kong_day

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_in_words(day: date, language: str) -> str:
    """`22 November 2026` · `2026年11月22日`; of a moment it is the day in Hong Kong."""
    if isinstance(day, datetime) and day.tzinfo:
        day = hong_kong_day(day)
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(moment: datetime, language: str) -> str:
    """`22 November 2026, 3:04 pm` · `2026年11月22日 下午3時04分`; naive moments are taken for Hong Kong's."""
    local = moment.astimezone(HONG_KONG) if moment.tzinfo else moment
    return f"{day_in_words(local, language)}{', ' if language == 'en' else ' '}{clock_in_words(local, language)}"


def clock_in_words(moment: datetime, language: str) -> str:
    """`3:04 pm` · `下午3時04分`."""
    local = moment.astimezone(HONG_KONG) if moment.tzinfo else moment
    hour, minute = local.hour % 12 or 12, local.minute
    if language == "en":
        return f"{hour}:{minute:02d} {'am' if local.hour < 12 else 'pm'}"
    hours = {"zh-Hant": "時", "zh-Hans": "时"}[language]
    return f"{'上午' if local.hour < 12 else '下午'}{hour}{hours}{minute:02d}分"
