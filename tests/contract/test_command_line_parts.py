"""The parts of an installation run separately, and a benchmark needs nothing that runs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from contract.command_line import environment_of, onewindow
from onewindow.cli.run import BEYOND_LOOPBACK, _why_no_demonstration
from onewindow.settings import Settings
from servers import folder_for_servers, free_port

READY_S = 60.0
STOP_S = 30.0


@contextmanager
def part(name: str, data_dir: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A part as a process of its own, told to stop at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "onewindow.cli", name],
        env=environment_of(data_dir, PORT=str(port), WORKERS="1", LOG_LEVEL="warning"),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0


def becomes_ready(port: int) -> bool:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    return False


@pytest.mark.slow
def test_migrate_is_safe_to_repeat_and_serve_and_follow_run_alone() -> None:
    with folder_for_servers() as folder:
        data_dir, port = folder / "data", free_port()
        assert onewindow("migrate", data_dir=data_dir).status == 0
        assert onewindow("migrate", data_dir=data_dir).status == 0
        with part("serve", data_dir, port):
            assert becomes_ready(port)
            with part("follow", data_dir, port) as followers:
                time.sleep(2)
                assert followers.poll() is None


@pytest.mark.slow
def test_a_benchmark_is_one_object_on_one_line(tmp_path: Path) -> None:
    ran = onewindow("bench", "check", "--json", "--seconds", "1", data_dir=tmp_path)
    assert ran.status == 0, ran.err
    [figure] = ran.lines()
    assert list(figure) == ["bench", "value", "unit", "ratio", "details"]
    assert figure["bench"] == "check"
    assert figure["value"] > 0
    assert 0 < figure["ratio"] < 1
    assert {"cpu", "cores", "kernel", "python", "document_bytes", "rules"} <= set(figure["details"])


def test_an_unknown_benchmark_names_those_there_are(tmp_path: Path) -> None:
    ran = onewindow("bench", "everything", data_dir=tmp_path)
    assert ran.status == 2
    for name in ("check", "lodge", "batch", "worklist", "follow"):
        assert name in ran.err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(), ""),
        (Settings(host="localhost"), ""),
        (Settings(host="0.0.0.0"), "0.0.0.0"),
    ],
)
def test_a_demonstration_is_never_made_where_others_could_use_it(
    settings: Settings, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(BEYOND_LOOPBACK, raising=False)
    assert told in _why_no_demonstration(settings)
    assert bool(told) == bool(_why_no_demonstration(settings))
    monkeypatch.setenv(BEYOND_LOOPBACK, "yes")
    assert _why_no_demonstration(settings) == ""
