"""Local time: UTC+8, without summer time since 1979."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

HONG_KONG = timezone(timedelta(hours=8))


def hong_kong_day(moment: datetime) -> date:
    """The day in Hong Kong of an aware instant."""
    return moment.astimezone(UTC).astimezone(HONG_KONG).date()
