"""`onewindow serve`: the doors for people and machines."""

from __future__ import annotations

import gc
from typing import Final

import click

from onewindow.bootstrap import platform
from onewindow.cli import logs
from onewindow.cli.workers import keep_working

APPLICATION: Final = "onewindow.asgi:application"
FINISH_S: Final = 7
"""How long calls that are on their way when the server is told to stop may take; then the journal is closed."""


@click.command()
@click.option("--application", default=APPLICATION, hidden=True, help="Another ASGI application, for measurements.")
def serve(application: str) -> None:
    """Serve on HOST and PORT with WORKERS processes, until told to stop."""
    from uvicorn import Config, Server

    from onewindow.api.connection import BETWEEN_CALLS_S, Connection

    settings = platform().settings
    logs.configure(settings.log_level, "serve")
    # Compiled once and shared by all processes: they are forked from this one.
    platform().registry.compile_all()
    gc.freeze()
    config = Config(
        application,
        host=settings.host,
        port=settings.port,
        interface="asgi3",
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=BETWEEN_CALLS_S,
        timeout_graceful_shutdown=FINISH_S,
    )
    with platform().database_running():
        platform().require_versions()
        door = config.bind_socket()
        keep_working(lambda: Server(config).run(sockets=[door]), settings.workers)
