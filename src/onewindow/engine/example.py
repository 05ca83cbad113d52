"""Fills the templates of example documents and cases: dates move with the day, the reference is fresh."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from onewindow.kernel.hong_kong import HONG_KONG

_TODAY = re.compile(r"\$today(?:([+-])(\d+))?")
_NOW = re.compile(r"\$now(?:([+-])PT(?:(\d+)H)?(?:(\d+)M)?)?")


def render(template: object, as_of: date, reference: str, now: datetime | None = None) -> object:
    """The template with `$today±N`, `$now±PTnHnM` and `$reference` filled in. Shapes are kept."""
    moment = now or datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=HONG_KONG)
    if isinstance(template, dict):
        return {key: render(value, as_of, reference, moment) for key, value in template.items()}
    if isinstance(template, list):
        return [render(value, as_of, reference, moment) for value in template]
    return _text(template, as_of, reference, moment) if isinstance(template, str) else template


def on_behalf_of(document: object, principal: str, *, identifier: str, name: str) -> None:
    """Put a company into an example: its number at the item `principal` (dotted), its name beside that."""
    *way, leaf = principal.split(".")
    group = document
    for part in way:
        group = group.get(part) if isinstance(group, dict) else None
    if isinstance(group, dict) and leaf:
        group[leaf] = identifier
        group.update({"name": name} if "name" in group else {})


def _text(text: str, as_of: date, reference: str, now: datetime) -> str:
    if found := _TODAY.fullmatch(text):
        days = int(found.group(2) or 0) * (-1 if found.group(1) == "-" else 1)
        return (as_of + timedelta(days=days)).isoformat()
    if found := _NOW.fullmatch(text):
        span = timedelta(hours=int(found.group(2) or 0), minutes=int(found.group(3) or 0))
        moment = now - span if found.group(1) == "-" else now + span
        return moment.astimezone(HONG_KONG).replace(microsecond=0).isoformat()
    return text.replace("$reference", reference)
