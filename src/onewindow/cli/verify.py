"""`onewindow verify`: recomputes the journal and names the first link that is broken or missing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.progress import Progress

WHOLE, BROKEN = 0, 1


@click.command()
@click.option("--anchors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Anchors kept elsewhere.")
def verify(anchors: Path | None) -> None:
    """Recompute every submission's chain and every lane's positions.

    Exit status: 0 whole, 1 broken.
    """
    logs.configure(platform().settings.log_level, "verify")
    with platform().database_running():
        sys.exit(WHOLE if verify_all(anchors) else BROKEN)


def verify_all(anchors: Path | None) -> bool:
    """True when all is whole; says what was found on standard output."""
    del anchors
    import psycopg

    from onewindow.storage.verification import Verification

    progress = Progress("events verified")
    with psycopg.connect(platform().owner_dsn) as connection:
        verification = Verification(connection, progress.advance)
        found = verification.first_break()
    progress.finish()
    click.echo(
        f"Broken: {found}" if found else f"Whole: {verification.submissions} submissions, {verification.events} events."
    )
    return found is None
