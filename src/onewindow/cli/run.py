"""`onewindow run`: everything at once, on one machine: database, server, followers, and the demonstration."""

from __future__ import annotations

import os
import time

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.processes import LOOK_EVERY_S, Child, NotReady, restarted, start, stop, wait_until_ready
from onewindow.cli.stopping import Stopped, unwind_when_told
from onewindow.settings import Settings

READY_S = 120.0
STOP_S = 12.0
"""For the server to drain and the followers to finish their transaction; PostgreSQL has the rest of the 30 s."""
RESTART_EVERY_S = 2.0
BEYOND_LOOPBACK = "ONEWINDOW_DEMO_BEYOND_LOOPBACK"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command()
@click.option("--demo", is_flag=True, help="Make demonstration accounts and lodge a demonstration.")
def run(*, demo: bool) -> None:
    """Start everything and serve on HOST and PORT until Ctrl-C."""
    settings = Settings.from_environment()
    if demo and (reason := _why_no_demonstration(settings)):
        click.echo(f"Without the demonstration: {reason}", err=True)
        demo = False
    logs.configure(settings.log_level, "run")
    unwind_when_told()
    try:
        with platform().database_running():
            platform().migrate()
            _supervise(demo=demo and _make_accounts())
    except Stopped:
        click.echo("Stopped.", err=True)
    except NotReady as error:
        raise click.ClickException(str(error)) from error


def _why_no_demonstration(settings: Settings) -> str:
    """Its accounts open to everyone with a click, so they are not made where others can reach them."""
    if os.environ.get(BEYOND_LOOPBACK) == "yes":
        return ""
    if settings.host not in LOOPBACK:
        return f"others could reach {settings.host}; listen on 127.0.0.1, or say {BEYOND_LOOPBACK}=yes."
    return ""


def _supervise(*, demo: bool) -> None:
    """Server first, then followers, then the demonstration; whatever ends before we do is started again."""
    settings = platform().settings
    children: list[Child] = []
    try:
        children.append(start("server", ("serve",), {}))
        children.append(start("followers", ("follow",), {}))
        wait_until_ready(children[0], settings.host, settings.port, patience_s=READY_S)
        _announce(f"http://{settings.host}:{settings.port}", demo=demo)
        guests = [start("demonstration", ("demo",), {})] if demo else []
        children += guests
        while True:
            time.sleep(LOOK_EVERY_S)
            for place, child in enumerate(children):
                if child not in guests and not child.alive:
                    click.echo(
                        f"{child.name} ended with status {child.process.returncode}; starting it again", err=True
                    )
                    time.sleep(RESTART_EVERY_S)
                    children[place] = restarted(child)
    finally:
        stop(children, patience_s=STOP_S)


def _make_accounts() -> bool:
    """Make the demonstration's accounts; not where DATABASE_URL knows anybody else, for that may be a real one."""
    from onewindow.cli.demonstration.accounts import knows_others, make_accounts

    outside = platform().settings.database_url is not None
    if outside and os.environ.get(BEYOND_LOOPBACK) != "yes" and knows_others(platform()):
        words = "DATABASE_URL names a database with accounts of its own"
        click.echo(f"Without the demonstration: {words}; say {BEYOND_LOOPBACK}=yes if they are not real.", err=True)
        return False
    make_accounts(platform())
    # Seen by what is started from here alone.
    os.environ.update({"ONEWINDOW_DEMO": "1"} | ({BEYOND_LOOPBACK: "yes"} if outside else {}))
    return True


def _announce(url: str, *, demo: bool) -> None:
    click.echo(f"onewindow is ready at {url}")
    if demo:
        from onewindow.cli.demonstration.people import account_lines

        for line in account_lines(platform().catalogue.newest.values()):
            click.echo(line)
        click.echo("“onewindow keys --json” prints the keys for programs. Ctrl-C stops everything.")
