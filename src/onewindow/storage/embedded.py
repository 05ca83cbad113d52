"""The embedded PostgreSQL: made, started, found again and stopped, for an installation that names no other server.

The server belongs to a watch (`postgres_watch.py`) in a process session of its own, so that a Ctrl-C at the terminal
reaches onewindow first and lets it finish. The watch stops the server when onewindow ends, even if it was killed.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import structlog

from onewindow.storage import postgres_tuning
from onewindow.storage.postgres_home import EmbeddedServerError, Home, open_home, owner_name

SUPERUSER = "postgres"
RECOVERY_SECONDS = 600.0
"""How long a start may take: after a crash the whole write-ahead log is read again."""
STOP_SECONDS = 28.0
"""A little more than the watch itself grants the server."""
SOCKET_PATH_LIMIT = 100
"""A Unix socket's path has room for 103 bytes on the narrowest system."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server listens, and how its superuser enters."""

    host: str
    """The folder of its Unix socket, or a loopback address."""
    port: int
    user: str
    password: str = field(repr=False)

    def dsn(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """A connection URI as libpq and asyncpg read it; the superuser's unless another user is named."""
        name, secret = (self.user, self.password) if user is None else (user, password or "")
        return (
            f"postgresql://{quote(name, safe='')}:{quote(secret, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(self.host, safe='')}&port={self.port}"
        )


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server. Whoever started it stops it; one that was found running is only used."""

    address: ServerAddress
    home: Home
    watch: "subprocess.Popen[bytes] | None"

    def stop(self) -> None:
        """Stop the server and wait for its end; nothing happens to a server that another process started."""
        if self.watch is None or self.watch.poll() is not None:
            return
        self.watch.terminate()
        try:
            self.watch.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.watch.kill()
            self.watch.wait()


def start(data_dir: Path) -> EmbeddedServer:
    """The server of `data_dir`: started, made first where there is none, or found running already.

    Raises `EmbeddedServerError` with the remedy when it cannot be had.
    """
    home = open_home(data_dir)
    deadline = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < deadline:
        if (lock := take_lock(home)) is not None:
            try:
                return start_watched(home, lock, deadline)
            finally:
                os.close(lock)
        if owner_lives(home) and (address := ready_address(home)) is not None:
            return EmbeddedServer(address, home, None)
        time.sleep(0.05)
    raise EmbeddedServerError(f"Another onewindow holds {home.lock}, but its server is not ready. Stop that one first.")


@contextmanager
def running(data_dir: Path) -> Iterator[ServerAddress]:
    """The address of a server that runs for as long as the block does."""
    server = start(data_dir)
    try:
        yield server.address
    finally:
        server.stop()


def take_lock(home: Home) -> int | None:
    """The lock of `home` as an open file, or None while a watch holds it."""
    lock = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode("ascii"))
    return lock


def owner_lives(home: Home) -> bool:
    """Whether the process that last took the lock is alive; if not, its watch is about to stop the server."""
    owner = home.lock.read_text(encoding="ascii")
    try:
        return owner.isdigit() and psutil.Process(int(owner)).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start_watched(home: Home, lock: int, deadline: float) -> EmbeddedServer:
    """Start server and watch; the caller holds the lock, which the watch inherits."""
    end_unwatched(home)
    make_cluster(home)
    refuse_other_version(home)
    for _ in range(3):
        watch = launch_watch(home, lock)
        if (address := wait_until_ready(home, watch, deadline)) is not None:
            log.info("embedded_postgres_started", folder=str(home.path), port=address.port)
            return EmbeddedServer(address, home, watch)
        if not port_was_taken(home):
            break
    raise EmbeddedServerError(f"The embedded PostgreSQL did not start. It said:\n{last_words(home)}")


def end_unwatched(home: Home) -> None:
    """Stop a server whose watch was killed, and clear away the trace of one that is no more."""
    pid = next(iter(trace_lines(home)), "")
    if not pid.isdigit():
        return
    if (server := postmaster(int(pid), home.cluster)) is None:
        # The number may by now belong to another program, for which PostgreSQL would mistake it.
        (home.cluster / "postmaster.pid").unlink(missing_ok=True)
        return
    for number, seconds in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        try:
            server.send_signal(number)
            server.wait(seconds)
        except psutil.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            return
        return
    raise EmbeddedServerError(f"The PostgreSQL server {pid} of an earlier run does not end. End it and try again.")


def postmaster(pid: int, cluster: Path) -> psutil.Process | None:
    """The living server process `pid` of that cluster; None if there is none or it is something else."""
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE and process.name() == "postgres"
        return process if alive and Path(process.cwd()) == cluster else None
    except psutil.Error:
        return None


def make_cluster(home: Home) -> None:
    """Make the data directory if there is none: page checksums, UTF-8, sorting by code point, passwords only."""
    if home.cluster.exists():
        return
    unfinished = home.path / "cluster.new"
    home.password.write_text(secrets.token_urlsafe(32), encoding="ascii")
    home.password.chmod(0o600)
    home.hand_over(home.password)
    remove_tree(unfinished)
    command = [
        str(home.programs / "initdb"),
        f"--pgdata={unfinished}",
        f"--username={SUPERUSER}",
        f"--pwfile={home.password}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    made = run_as_server(home, command)
    if made.returncode != 0:
        raise EmbeddedServerError(f"The database could not be made in {home.path}:\n{made.stderr}{made.stdout}")
    unfinished.rename(home.cluster)


def refuse_other_version(home: Home) -> None:
    """PostgreSQL reads only what its own major version wrote; say so in words before it does in its own."""
    written = (home.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    said = run_as_server(home, [str(home.programs / "postgres"), "--version"]).stdout
    installed = said.rsplit(" ", 1)[-1].split(".")[0].strip()
    if written != installed:
        raise EmbeddedServerError(
            f"The data in {home.cluster} was written by PostgreSQL {written}, but {installed} is installed. "
            f"Install the onewindow release that brings PostgreSQL {written} and make a backup (onewindow backup DIR), "
            "then restore it with this release into a new DATA_DIR."
        )


def run_as_server(home: Home, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run one of PostgreSQL's programs under the server's account; its output is in the result."""
    if home.account.is_other:
        return subprocess.run(
            command,
            cwd=home.path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            user=home.account.uid,
            group=home.account.gid,
            extra_groups=[],
        )
    return subprocess.run(command, cwd=home.path, env=environment(), capture_output=True, text=True, check=False)


def launch_watch(home: Home, lock: int) -> "subprocess.Popen[bytes]":
    """Write the settings and start the watch, which starts the server."""
    folder = home.path if len(os.fsencode(home.path / ".s.PGSQL.65535.lock")) < SOCKET_PATH_LIMIT else None
    settings = postgres_tuning.settings_for(home.path, port=free_port(), socket_folder=folder)
    home.configuration.write_text(postgres_tuning.rendered(settings), encoding="utf-8")
    home.hand_over(home.configuration)
    watch = Path(__file__).with_name("postgres_watch.py")
    owner = [str(home.account.uid), str(home.account.gid)]
    server = [str(home.programs / "postgres"), "-D", str(home.cluster), f"--config-file={home.configuration}"]
    with home.start_log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(watch), str(lock), *owner, str(home.cluster), *server],
            cwd=home.path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[lock],
        )


def environment() -> dict[str, str]:
    """The little that PostgreSQL needs; variables such as PGDATA of the caller's must not steer it."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(home: Home, watch: "subprocess.Popen[bytes]", deadline: float) -> ServerAddress | None:
    """The address once the server takes connections; None if it ended instead."""
    while watch.poll() is None:
        if (address := ready_address(home)) is not None:
            return address
        if time.monotonic() > deadline:
            watch.terminate()
            watch.wait()
            raise EmbeddedServerError(f"PostgreSQL is still recovering; look into {home.log} and start again.")
        time.sleep(0.02)
    return None


def ready_address(home: Home) -> ServerAddress | None:
    """Where the server of `home` listens, or None while it does not take connections."""
    lines = trace_lines(home)
    if len(lines) < 8 or lines[7].strip() != "ready" or not lines[0].isdigit() or not psutil.pid_exists(int(lines[0])):
        return None
    password = home.password.read_text(encoding="ascii").strip()
    return ServerAddress(lines[4] or "127.0.0.1", int(lines[3]), SUPERUSER, password)


def trace_lines(home: Home) -> list[str]:
    """What the server says of itself: process, folder, start, port, socket folder, address, memory, state."""
    try:
        return (home.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except PermissionError as refused:
        raise EmbeddedServerError(
            f"{home.cluster} belongs to the account {owner_name(home.cluster)}. Start onewindow as that account."
        ) from refused


def port_was_taken(home: Home) -> bool:
    """Whether the start failed only because another program was faster to the port."""
    return "Address already in use" in last_words(home)


def last_words(home: Home) -> str:
    """The end of what the server said when it started."""
    logs = sorted(home.log.glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (home.start_log, *logs)]
    return "\n".join("\n".join(texts).splitlines()[-20:])


def remove_tree(path: Path) -> None:
    """Remove what an interrupted start left."""
    if path.exists():
        shutil.rmtree(path)
