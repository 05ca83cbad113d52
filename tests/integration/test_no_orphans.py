"""A server that is killed leaves nothing behind that answers in its place."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from contract import door as machine
from onewindow.cli.processes import start, wait_until_ready
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers, free_port

PATIENCE_S = 15.0


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid` (proc(5): the fourth field of stat)."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "stat").read_text().rpartition(")")[2].split()[1] == str(pid):
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_workers_of_a_killed_server_end(postgres: ServerAddress) -> None:
    with folder_for_servers() as folder, machine.running(postgres, folder) as door:
        settings = {"DATABASE_URL": door.owner_dsn, "DATA_DIR": str(folder), "PORT": str(free_port()), "WORKERS": "2"}
        server = start("second server", ("serve",), settings)
        wait_until_ready(server, "127.0.0.1", int(settings["PORT"]), patience_s=60)
        workers = children_of(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        until = time.monotonic() + PATIENCE_S
        while any(map(alive, workers)) and time.monotonic() < until:
            time.sleep(0.1)
        assert len(workers) >= 2
        assert [pid for pid in workers if alive(pid)] == []
