"""`onewindow serve`: the doors for people and machines."""

from __future__ import annotations

import gc
import os
import signal

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.processes import ends_with_its_parent

APPLICATION = "onewindow.asgi:application"
DRAIN_S = 10
"""How long a worker may take to finish what is on its way."""

OUR_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
"""The server's own lines go the way of all others."""


@click.command()
@click.option("--application", default=APPLICATION, hidden=True, help="Another ASGI application, for measurements.")
def serve(application: str) -> None:
    """Serve on HOST and PORT with WORKERS processes, until told to stop."""
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    settings = platform().settings
    logs.configure(settings.log_level, "serve")
    # Compiled once and shared by all processes: they are forked from this one.
    platform().registry.compile_all()
    gc.freeze()
    with platform().database_running():
        # A worker does not outlive a server that was killed; one still starting would lose a gentler signal.
        if bind := ends_with_its_parent(signal.SIGKILL):
            os.register_at_fork(after_in_child=bind)
        Server(
            application,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            loop=Loops.uvloop,
            workers=settings.workers,
            websockets=False,
            backlog=2048,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=DRAIN_S,
            log_dictconfig=OUR_LOGS,
            log_level=LogLevels(settings.log_level),
        ).serve()
