"""`onewindow rebuild`: derives work lists or notices anew from the journal."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform


@click.command()
@click.argument("name", type=click.Choice(["worklist", "notices"]))
def rebuild(name: str) -> None:
    """Read the whole journal again and derive NAME from it; the rows are the same as before, and what was lost is back.

    Safe while everything runs: until it is done, readers see what was there.
    """
    with platform().database_running():
        read = platform().rebuild(name)
    click.echo(f"{name}: {read} events read.")
