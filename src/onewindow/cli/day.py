"""A day given on the command line, and Hong Kong's now."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import click

HONG_KONG = timezone(timedelta(hours=8))
"""Without summer time since 1979, so that no zone database is needed."""


class Day(click.ParamType[date]):
    """An ISO date such as 2026-11-22."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Reads the text; fails with the form that is wanted."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-11-22", param, ctx)


def present() -> datetime:
    """The present instant, in Hong Kong."""
    return datetime.now(HONG_KONG)


def today() -> date:
    """The date in Hong Kong now."""
    return present().date()
