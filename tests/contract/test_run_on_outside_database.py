"""`make run DATABASE_URL=…`: the demonstration is made there only while the database knows nobody else."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from contract.command_line import environment_of
from servers import free_port

STOP_S = 30.0

pytestmark = pytest.mark.slow


@contextmanager
def running(folder: Path, database: str, last_line: str) -> Iterator[tuple[str, str]]:
    """The address and what was printed up to `last_line`, errors included."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "onewindow.cli", "run", "--demo"],
        env=environment_of(folder / "data", PORT=str(port), WORKERS="1", DATABASE_URL=database),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line.decode()
            if last_line in printed:
                break
        yield f"http://127.0.0.1:{port}", printed
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.wait(STOP_S)
        process.stdout.close()


def offers_every_role(address: str) -> bool:
    """Whether the sign-in page signs anybody in with one click."""
    page = httpx.get(f"{address}/sign-in/", follow_redirects=True)
    assert page.status_code == 200
    return "/demonstration/sign-in/" in page.text


def test_an_empty_database_gets_the_demonstration_and_one_with_strangers_does_not(
    empty_database: str, open_folder: Path
) -> None:
    with running(open_folder, empty_database, "Ctrl-C") as (address, printed):
        assert "trader" in printed
        assert offers_every_role(address)
    with psycopg.connect(empty_database) as connection:
        connection.execute("INSERT INTO company (id, created, name) VALUES ('somebody-real', now(), 'Somebody Real')")
    with running(open_folder, empty_database, "is ready at") as (address, printed):
        assert "Without the demonstration: DATABASE_URL names a database with accounts of its own" in printed
        assert "trader" not in printed
        assert not offers_every_role(address)
