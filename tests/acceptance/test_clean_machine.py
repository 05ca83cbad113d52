"""What a newcomer meets: a fresh clone, an empty home, two words to type."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from house.tracked import ROOT
from servers import folder_for_servers, free_port

PATIENCE_S = 600.0
"""Three minutes are promised on a machine that does nothing else; a test must not fail because others work too."""
STOP_S = 30.0
NETWORK = ("PIP_", "NPM_CONFIG_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""What a machine may have to say about its network; everything else of the environment stays behind."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A clone under way with `make run`."""

    clone: Path
    make: "subprocess.Popen[bytes]"
    port: int
    output: Path

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")[-4000:]


def environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(NETWORK)}
    ports = {"PORT": str(port), "SMTP_PORT": str(free_port())}
    return kept | ports | {"HOME": str(home), "PATH": f"{sys.base_prefix}/bin:/usr/bin:/bin"}


@pytest.fixture(scope="module")
def newcomer() -> Iterator[Newcomer]:
    with folder_for_servers() as folder:
        clone, home, output, port = folder / "clone", folder / "home", folder / "output", free_port()
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with output.open("wb") as written:
            make = subprocess.Popen(
                ["make", "run"],
                cwd=clone,
                env=environment(home, port),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        yield Newcomer(clone, make, port, output)
        for process in processes_of(clone):
            process.kill()
        make.wait()


def processes_of(clone: Path) -> list[psutil.Process]:
    """Every living process that runs from the clone or in it."""
    found = []
    for process in psutil.process_iter():
        try:
            traces = [process.cwd(), process.exe(), *process.cmdline()]
            dead = process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if not dead and any(str(clone) in trace for trace in traces):
            found.append(process)
    return found


def page(port: int) -> tuple[int, str] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def test_make_run_in_a_fresh_clone_and_an_empty_home_reaches_a_served_page(newcomer: Newcomer) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (served := page(newcomer.port)) is None:
        assert newcomer.make.poll() is None, f"make run ended:\n{newcomer.said()}"
        assert time.monotonic() < deadline, f"no page after {PATIENCE_S} s:\n{newcomer.said()}"
        time.sleep(0.5)
    status, text = served
    assert status == 200
    assert "<html" in text


def test_ctrl_c_stops_everything_that_was_started(newcomer: Newcomer) -> None:
    assert newcomer.make.poll() is None, f"make run is not running:\n{newcomer.said()}"
    assert len(processes_of(newcomer.clone)) >= 3
    os.killpg(newcomer.make.pid, signal.SIGINT)
    newcomer.make.wait(STOP_S)
    assert [process.cmdline() for process in processes_of(newcomer.clone)] == []


def test_what_was_made_is_ignored_by_git(newcomer: Newcomer) -> None:
    status = subprocess.run(
        ["git", "-C", str(newcomer.clone), "status", "--porcelain"], check=True, capture_output=True, text=True
    )
    assert status.stdout == ""
