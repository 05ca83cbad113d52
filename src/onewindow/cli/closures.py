"""`onewindow closures`: unplanned closures of offices, such as a typhoon or a black rainstorm."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click

from onewindow.bootstrap import platform
from onewindow.cli.lines import print_json
from onewindow.engine.closures import EnteredClosure, enter_closure, read_closures
from onewindow.kernel.identity import id_from_cause
from onewindow.kernel.working_time import HONG_KONG, Closure

_TIME = click.DateTime(formats=["%Y-%m-%dT%H:%M"])


@click.group()
def closures() -> None:
    """Enter and list unplanned closures of offices."""


@closures.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_closures(*, as_json: bool) -> None:
    """Every closure that was entered, who entered it and when."""
    for one in read_closures(platform().closures_file):
        start, end = one.closure.start.isoformat(), one.closure.end.isoformat()
        row = {"id": one.id, "calendar": one.calendar, "from": start, "to": end, "reason": one.closure.reason}
        if as_json:
            print_json({**row, "by": one.by, "entered_at": one.entered_at.isoformat()})
        else:
            click.echo(f"{one.calendar:<12} {start} – {end}  {one.closure.reason} ({one.by})")


@closures.command("add")
@click.argument("calendar")
@click.argument("start", type=_TIME, metavar="FROM")
@click.argument("end", type=_TIME, metavar="TO")
@click.argument("reason")
def add(calendar: str, start: datetime, end: datetime, reason: str) -> None:
    """CALENDAR was closed FROM … TO (Hong Kong time, 2026-07-08T10:00): every deadline in it moves by as long.

    Safe to repeat: what was moved is not moved again.
    """
    if calendar not in platform().calendars:
        raise click.UsageError(f"There is no calendar “{calendar}”; there are {', '.join(platform().calendars)}.")
    if end <= start:
        raise click.UsageError("The closure ends before it begins; give FROM first, then TO.")
    closure = Closure(start.replace(tzinfo=HONG_KONG), end.replace(tzinfo=HONG_KONG), reason)
    identity = str(id_from_cause("closure", calendar, closure.start.isoformat(), closure.end.isoformat()))
    known = {one.id: one for one in read_closures(platform().closures_file)}
    fresh = EnteredClosure(identity, calendar, closure, getpass.getuser(), datetime.now(UTC))
    entered = known.get(identity, fresh)
    enter_closure(platform().closures_file, entered)
    with platform().database_running():
        moved = sum(platform().close_office(entered))
        platform().close()
    click.echo(f"{calendar} closed {closure.start:%Y-%m-%d %H:%M}–{closure.end:%H:%M}: {moved} submissions moved.")
