"""`onewindow explain`: the generated checking code of a service."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform


@click.command()
@click.argument("service")
def explain(service: str) -> None:
    """Print the checking code generated from SERVICE, with file and line of each rule."""
    checker = platform().registry_of(service).checker(service)
    if checker is None:
        raise click.ClickException(f"There is no service “{service}”; “onewindow services” lists them.")
    click.echo(checker.source)
