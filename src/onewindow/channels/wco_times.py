"""Dates as WCO XML writes them (UN/EDIFACT 2379 format codes) and as our documents do (ISO 8601)."""

from __future__ import annotations

import re
from typing import Final

HONG_KONG: Final = "+08:00"
_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(Z|[+-]\d\d:\d\d))?")


def from_wco(text: str, kind: str) -> str:
    """`20261122` (102), `202611221830` (203), `20261122183000Z` (304) … as a date or a time with zone.

    A time without zone is Hong Kong's. What cannot be read stays as it is, for the checker to name.
    """
    found = _WRITTEN.fullmatch(text)
    if not found:
        return text
    day = f"{found['year']}-{found['month']}-{found['day']}"
    if kind == "date":
        return day
    zone = found["zone"] or HONG_KONG
    if zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return f"{day}T{found['hour'] or '00'}:{found['minute'] or '00'}:{found['second'] or '00'}{zone}"


def to_wco(text: str) -> tuple[str, str]:
    """The text and its format code: 102 for a date, 304 for a time; an empty code when it is neither."""
    found = _ISO.fullmatch(text)
    if not found:
        return text, ""
    year, month, day, hour, minute, second, zone = found.groups()
    if hour is None:
        return f"{year}{month}{day}", "102"
    return f"{year}{month}{day}{hour}{minute}{second}{zone.replace(':', '')}", "304"
