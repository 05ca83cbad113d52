"""`onewindow erase`: a person's data go; events, digests and dates stay, and the journal still verifies."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs


@click.command()
@click.argument("party")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(party: str, yes: bool) -> None:
    """Erase what PARTY (person:7, company:alpha, anonymous:…) lodged and uploaded: documents, words, files and names.

    It cannot be undone. Backups made before still hold it: let them run out, or make them anew.
    """
    from onewindow.storage.erasure import erase_party

    kind, _, name = party.partition(":")
    if kind not in ("person", "company", "anonymous") or not name:
        raise click.UsageError(f"{party!r} is no party whose data can be erased; name one such as person:7.")
    if not yes:
        click.confirm(f"Erase all that {party} lodged? It cannot be undone.", abort=True, err=True)
    logs.configure(platform().settings.log_level, "erase")
    with platform().database_running():
        erased = erase_party(platform().owner_dsn, party, platform().secret, datetime.now(UTC))
    click.echo(f"{erased.submissions} submissions of {party} erased.", err=True)
