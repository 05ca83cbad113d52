"""`onewindow follow`: the followers, which derive work lists, notices and deliveries from the journal."""

from __future__ import annotations

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs


@click.command()
def follow() -> None:
    """Run every follower until told to stop; each goes on where it left off."""
    logs.configure(platform().settings.log_level, "follow")
    with platform().database_running():
        platform().follow()
