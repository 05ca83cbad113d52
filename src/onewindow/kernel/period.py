"""Periods of validity. Law, rates, code lists and definitions all carry one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None is open-ended."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2023-05-15/..`, `../2018-07-31`, `2012-08-01/2018-07-31` or `..`. Raises ValueError."""
        if text == "..":
            return cls()
        start, slash, end = text.partition("/")
        if not slash:
            raise ValueError(f"a period reads FROM/TO, such as 2023-05-15/.. — not {text!r}")
        period = cls(_day(start), _day(end))
        if period.first and period.last and period.last < period.first:
            raise ValueError(f"the period {text!r} ends before it begins")
        return period

    def covers(self, day: date) -> bool:
        """True when `day` lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: Period) -> bool:
        """True when the two periods share a day."""
        return not (_before(self.last, other.first) or _before(other.last, self.first))

    def __str__(self) -> str:
        return f"{self.first or '..'}/{self.last or '..'}"


def _day(text: str) -> date | None:
    return None if text in ("", "..") else date.fromisoformat(text)


def _before(last: date | None, first: date | None) -> bool:
    return last is not None and first is not None and last < first
