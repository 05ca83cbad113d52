"""`onewindow explain`: the generated checking code of a service."""

from __future__ import annotations

from datetime import date

import click

from onewindow.bootstrap import platform
from onewindow.cli.day import Day, today


@click.command()
@click.option("--as-of", type=Day(), default=None, help="The day whose version is explained; today without it.")
@click.argument("service")
def explain(*, service: str, as_of: date | None) -> None:
    """Print the checking code generated from SERVICE, with file and line of each rule."""
    checker = platform().registry_of(service).in_force(service, as_of or today())
    if checker is None:
        raise click.ClickException(f"There is no service “{service}” on that day; “onewindow services” lists them.")
    click.echo(checker.source)
