"""What generated code calls. Absent is "" for text and dates, None for numbers; sums with it are absent too."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

Number = Decimal | int | None
_ZERO = Decimal(0)
HONG_KONG_NOON = "T12:00:00+08:00"


_SHAPE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}").fullmatch


class _Days(dict[str, bool]):
    """Whether a text is a real day of 1900 to 2199; real ones are remembered, since documents repeat few days."""

    def __missing__(self, text: str) -> bool:
        if not _SHAPE(text):
            return False
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        self[text] = True
        return True


DAYS = _Days()


def num(text: str) -> Decimal | None:
    """A decimal from its text."""
    return Decimal(text) if text else None


def plus(left: Number, right: Number) -> Number:
    return None if left is None or right is None else left + right


def minus(left: Number, right: Number) -> Number:
    return None if left is None or right is None else left - right


def times(left: Number, right: Number) -> Number:
    return None if left is None or right is None else left * right


def over(left: Number, right: Number) -> Number:
    """Exact division; absent when the divisor is zero."""
    return None if left is None or not right else Decimal(left) / Decimal(right)


def total_of(texts: Iterable[str]) -> Decimal:
    """The sum of the decimals that are present."""
    return sum(map(Decimal, filter(None, texts)), _ZERO)


def count_of(values: Iterable[int | None]) -> int:
    """The sum of the whole numbers that are present."""
    return sum(filter(None, values))


def differs(text: str, parts: Iterable[str], tolerance: Decimal | int) -> bool:
    """True when a stated total is further from the sum of its parts than allowed. Absent totals do not differ."""
    if not text:
        return False
    values = list(parts)
    try:
        found = sum(map(float, values))
        if abs(float(text) - found) + 1e-9 * found < tolerance:
            return False
    except ValueError:
        pass  # a part is absent: the exact way leaves it out
    return abs(Decimal(text) - total_of(values)) > tolerance


def positive(text: str) -> bool:
    """True for a decimal above zero; decimals carry no sign here."""
    return bool(text.strip("0."))


def least(values: Iterable[Number | str]) -> object:
    """The smallest of those that are present; None when there is none."""
    return min([value for value in values if value or value == 0], default=None)


def most(values: Iterable[Number | str]) -> object:
    """The largest of those that are present; None when there is none."""
    return max([value for value in values if value or value == 0], default=None)


def ceil(value: Number) -> Number:
    return None if value is None else value.__ceil__()


def floor(value: Number) -> Number:
    return None if value is None else value.__floor__()


_step = lru_cache(maxsize=64)(Decimal)


def round_up(value: Number, step: str) -> Number:
    """Up to the next multiple of `step`, such as "0.10"."""
    if value is None:
        return None
    unit = _step(step)
    return (Decimal(value) / unit).to_integral_value(ROUND_CEILING) * unit


@lru_cache(maxsize=100_000)
def ordinal(text: str) -> int | None:
    """The day number of a date or date-time text."""
    try:
        return date.fromisoformat(text[:10]).toordinal() if text else None
    except ValueError:
        return None


def days(first: str, second: str) -> int | None:
    """Days from `first` to `second`."""
    start, end = ordinal(first), ordinal(second)
    return None if start is None or end is None else end - start


def add_days(text: str, amount: Number) -> str:
    start = ordinal(text)
    return "" if start is None or amount is None else date.fromordinal(start + int(amount)).isoformat()


def add_months(text: str, amount: Number) -> str:
    """The same day so many months on; the month's last day when it has no such day."""
    start = ordinal(text)
    if start is None or amount is None:
        return ""
    day = date.fromordinal(start)
    year, month = divmod(day.year * 12 + day.month - 1 + int(amount), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).isoformat()


@lru_cache(maxsize=100_000)
def instant(text: str) -> float | None:
    """Seconds since 1970 of an RFC 3339 text; a plain date counts as its noon in Hong Kong."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text if "T" in text else text + HONG_KONG_NOON).timestamp()
    except ValueError:
        return None


def hours(first: str, second: str) -> Decimal | None:
    """Hours from `first` to `second`, exact to the second."""
    start, end = instant(first), instant(second)
    return None if start is None or end is None else Decimal(round(end - start)) / 3600


def repeated(keys: Sequence[tuple[Hashable, ...]]) -> list[int]:
    """Places whose key stood before; keys that are all absent do not count."""
    seen: set[tuple[Hashable, ...]] = set()
    places = []
    for place, key in enumerate(keys):
        if any(part not in ("", None) for part in key):
            if key in seen:
                places.append(place)
            seen.add(key)
    return places


def different(values: Sequence[str]) -> list[int]:
    """Places whose value is given and differs from the first given one."""
    first = next((value for value in values if value), "")
    return [place for place, value in enumerate(values) if value and value != first]
