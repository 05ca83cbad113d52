"""`onewindow demo`: fills a running installation with the demonstration, through its real doors."""

from __future__ import annotations

from pathlib import Path
from random import Random

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.day import present
from onewindow.cli.demonstration.key_file import KeyFileError, read_keys
from onewindow.cli.door import DoorClosed

SEED = 1823


@click.command()
@click.option("--url", default="", help="Of the server; by default the one on this machine (HOST, PORT).")
def demo(url: str) -> None:
    """Lodge the demonstration and act on it. Does nothing when it was lodged before."""
    settings = platform().settings
    logs.configure(settings.log_level, "demo")
    done = settings.data_dir / "demonstration-lodged"
    if done.exists():
        click.echo("The demonstration was lodged before.", err=True)
        return
    try:
        _fill(url or f"http://{settings.host}:{settings.port}", done)
    except (KeyFileError, DoorClosed) as error:
        raise click.ClickException(str(error)) from error


def _fill(url: str, done: Path) -> None:
    from onewindow.cli.demonstration.acting import Actors
    from onewindow.cli.demonstration.bodies import Bodies
    from onewindow.cli.demonstration.lodging import lodge_everything

    keys, registry, now = read_keys(done.parent), platform().registry, present()
    random = Random(SEED)  # noqa: S311 — the same demonstration every time is the point
    lodged = lodge_everything(url, keys, registry, now, random)
    actors = Actors(url, keys, registry, Bodies(registry.catalogue, now.date(), random), random)
    actors.wait_for_work()
    acted = actors.act()
    done.write_text(f"{now.date()}: {lodged} documents, {acted} acts\n", encoding="utf-8")
    click.echo(f"Demonstration: {lodged} documents lodged, {acted} acts.", err=True)
