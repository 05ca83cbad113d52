"""Watches over one PostgreSQL server: a program of its own, started by `embedded.py`, standard library only.

    postgres_watch.py LOCK_FD UID GID CLUSTER PROGRAM [ARGUMENT...]

It starts the server as its child, so that a killed server is reaped and started again, and stops it when told to
(SIGTERM) or when the process that started it is gone, however it went. It holds the lock LOCK_FD for as long as it
lives: whoever gets the lock knows that nobody watches. UID and GID are -1 where the server runs as its starter does.
CLUSTER is the server's data directory.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

LOOK_EVERY = 0.1
"""Seconds between two looks at parent and server; a cheap poll works on every system, whoever has inherited what."""
PATIENCE = (("fast", signal.SIGINT, 15.0), ("immediate", signal.SIGQUIT, 5.0), ("kill", signal.SIGKILL, 5.0))
"""How a server is stopped: the name PostgreSQL gives the way, its signal, and how many seconds it is given."""
PR_SET_PDEATHSIG = 1

stop_asked = False


def main(arguments: list[str]) -> int:
    """Watch until asked to stop or left alone; 1 when the server would not start at all."""
    parent = os.getppid()
    uid, gid = int(arguments[1]), int(arguments[2])
    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return watch(lambda: launch(arguments[4:], uid=uid, gid=gid), Path(arguments[3]) / "postmaster.pid", parent)


def watch(launch_server: Callable[[], "subprocess.Popen[bytes]"], trace: Path, parent: int) -> int:
    """Keep one server running while `parent` lives; what never got ready is a start that failed, not an accident."""
    server, was_ready = launch_server(), False
    while not stop_asked and os.getppid() == parent:
        time.sleep(LOOK_EVERY)
        was_ready = was_ready or is_ready(trace)
        if server.poll() is None:
            continue
        if not was_ready:
            return 1
        # The backends of a killed server hold its shared memory a moment longer; a start in between fails and is
        # simply tried again.
        time.sleep(0.5)
        server = launch_server()
    stop(server)
    return 0


def is_ready(trace: Path) -> bool:
    """Whether the server has written that it takes connections."""
    try:
        return trace.read_text(encoding="utf-8").rstrip().endswith("ready")
    except OSError:
        return False


def launch(command: list[str], *, uid: int, gid: int) -> "subprocess.Popen[bytes]":
    """Start the server under its own user, bound to end when this watch is killed."""
    bind = fall_with_the_watch() if sys.platform == "linux" else None
    # One thread only, so code between fork and exec is safe here.
    if uid < 0:
        return subprocess.Popen(command, preexec_fn=bind)
    return subprocess.Popen(command, preexec_fn=bind, user=uid, group=gid, extra_groups=[])


def fall_with_the_watch() -> Callable[[], None]:
    """What a child calls before exec to be sent a clean stop when its parent dies."""
    prctl = ctypes.CDLL(None).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)

    return bind


def stop(server: "subprocess.Popen[bytes]") -> None:
    """Stop the server, cleanly if it can be had in time: an unclean end costs a recovery, never data."""
    for _, number, seconds in PATIENCE:
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    """Note the wish; the loop acts on it within `LOOK_EVERY`."""
    global stop_asked
    stop_asked = True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
