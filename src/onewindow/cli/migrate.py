"""`onewindow migrate`: brings the database to this version."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs


@click.command()
def migrate() -> None:
    """Make or change roles, tables and accounts' tables; safe to repeat."""
    logs.configure(platform().settings.log_level, "migrate")
    with platform().database_running():
        platform().migrate()
    click.echo("The database is at this version.", err=True)
