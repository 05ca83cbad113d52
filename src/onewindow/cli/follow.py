"""`onewindow follow`: the followers, which derive work lists, notices and deliveries from the journal."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="Run only this follower; may be given several times.")
def follow(only: tuple[str, ...]) -> None:
    """Run the followers until told to stop; each goes on where it left off.

    They may be spread over several processes, and the same one may run twice: they never do a thing twice.
    """
    logs.configure(platform().settings.log_level, "follow")
    with platform().database_running():
        platform().require_versions()
        try:
            platform().follow(frozenset(only))
        except LookupError as unknown:
            raise click.UsageError(str(unknown)) from unknown
