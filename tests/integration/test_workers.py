"""Server processes: as many as asked for, replaced when they die, asked to end with their server."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PATIENCE_S = 10.0
SERVER = """
import signal, sys, time
from pathlib import Path
from onewindow.cli import workers

workers.DRAIN_S = 1.0

def work():
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: (Path(sys.argv[1], "ended").touch(), sys.exit()))
    while True:
        time.sleep(1)

workers.keep_working(work, 2)
"""


@pytest.fixture(params=["willing", "stubborn"])
def manner(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(tmp_path: Path, manner: str) -> Iterator[psutil.Popen]:
    made = psutil.Popen([sys.executable, "-c", SERVER, str(tmp_path), manner], start_new_session=True)
    try:
        soon(lambda: len(made.children()) == 2)
        yield made
    finally:
        for process in [*made.children(), made] if made.is_running() else []:
            process.kill()
        made.wait()


def soon(happens: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_worker_that_dies_is_replaced(server: psutil.Popen) -> None:
    before = server.children()
    before[0].kill()
    soon(lambda: len(server.children()) == 2 and before[0] not in server.children())
    assert before[1] in server.children()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_that_is_told_to_stop_ends_with_its_workers(
    server: psutil.Popen, manner: str, told: signal.Signals, tmp_path: Path
) -> None:
    workers = server.children()
    time.sleep(0.3)
    server.send_signal(told)
    assert server.wait(PATIENCE_S) == 0
    assert not any(worker.is_running() for worker in workers)
    assert (tmp_path / "ended").exists() is (manner == "willing")


def test_a_worker_ends_with_a_server_that_is_killed(server: psutil.Popen) -> None:
    workers = server.children()
    time.sleep(0.3)
    server.kill()
    soon(lambda: not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers))
