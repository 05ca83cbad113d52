"""Processes that a command starts and stops: its own children, by their number, and nothing else.

Each child leads a process group of its own, so that Ctrl-C at the terminal reaches only the command, which then stops
its children in order. On Linux a child is asked to end when the command is killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

PR_SET_PDEATHSIG = 1
LOOK_EVERY_S = 0.1


class NotReady(Exception):
    """A child ended, or did not answer in time; the message says which and what to look at."""


@dataclass(slots=True)
class Child:
    """A running command of ours."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        """True until it has ended; an ended child is reaped by asking."""
        return self.process.poll() is None


def start(name: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Child:
    """Start `onewindow ARGUMENTS` with `environment` added to this process's own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "onewindow.cli", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ends_with_its_parent(),
    )
    return Child(name, arguments, environment, process)


def restarted(child: Child) -> Child:
    """A fresh process in the place of one that ended."""
    return start(child.name, child.arguments, child.environment)


def stop(children: list[Child], *, patience_s: float) -> None:
    """Ask all to end, wait, and end what is left after `patience_s` together with the processes it started."""
    for child in children:
        if child.alive:
            child.process.terminate()
    until = time.monotonic() + patience_s
    for child in children:
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def wait_until_ready(child: Child, host: str, port: int, *, patience_s: float) -> None:
    """Wait until the server of `child` says it is ready. Raises NotReady."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if not child.alive:
            raise NotReady(f"{child.name} ended with status {child.process.returncode}; its last lines above say why.")
        if is_ready(host, port):
            return
        time.sleep(LOOK_EVERY_S)
    raise NotReady(f"{child.name} did not become ready within {patience_s:.0f} s.")


def is_ready(host: str, port: int) -> bool:
    """Whether `GET /health/ready` answers 200."""
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def ends_with_its_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """What a child calls so that it gets the signal when its parent dies; only Linux knows how to ask for it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)

    return bind
