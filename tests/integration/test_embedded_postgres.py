"""The embedded PostgreSQL: durable, found again, never orphaned."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from onewindow.storage import embedded, postgres_home

ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")

STARTER = """
import sys, time, structlog
from pathlib import Path
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from onewindow.storage import embedded
server = embedded.start(Path(sys.argv[1]))
print(server.watch.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(open_folder: Path) -> Iterator[embedded.EmbeddedServer]:
    started = embedded.start(open_folder)
    yield started
    started.stop()


@pytest.fixture
def starter(open_folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has started the server of `open_folder`."""
    process = subprocess.Popen([sys.executable, "-c", STARTER, str(open_folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip().isdigit()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    embedded.start(open_folder).stop()


def postmaster_pid(home: postgres_home.Home) -> int:
    return int((home.cluster / "postmaster.pid").read_text().splitlines()[0])


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def answers(address: embedded.ServerAddress) -> bool:
    try:
        with psycopg.connect(address.dsn()) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", "127.0.0.1"),
    ],
)
def test_a_new_server_is_durable_and_closed(postgres: embedded.ServerAddress, setting: str, value: str) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("select current_setting(%s)", [setting]).fetchone() == (value,)


def test_the_server_is_postgresql_18_and_brings_the_extensions_we_use(postgres: embedded.ServerAddress) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.info.server_version // 10000 == 18
        rows = connection.execute("select name from pg_available_extensions").fetchall()
    assert {"pg_trgm", "unaccent", "btree_gist", "btree_gin", "amcheck"} <= {name for (name,) in rows}


def test_nobody_enters_without_the_password(postgres: embedded.ServerAddress) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.dsn(user="postgres", password="guessed"))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=postgres.port, user="postgres", password="guessed")


def test_the_password_is_not_shown_where_an_address_is_printed(postgres: embedded.ServerAddress) -> None:
    assert postgres.password not in repr(postgres)


def test_what_was_committed_is_there_after_a_stop_and_a_start(open_folder: Path) -> None:
    with embedded.running(open_folder) as address, psycopg.connect(address.dsn()) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('提單')")
    with embedded.running(open_folder) as address, psycopg.connect(address.dsn()) as connection:
        assert connection.execute("select word from kept").fetchone() == ("提單",)


def test_the_server_lives_in_a_session_of_its_own(server: embedded.EmbeddedServer) -> None:
    assert server.watch is not None
    session = os.getsid(postmaster_pid(server.home))
    assert session == os.getsid(server.watch.pid)
    assert session != os.getsid(0)


def test_a_second_start_finds_the_server_and_leaves_it_running(server: embedded.EmbeddedServer) -> None:
    guest = embedded.start(server.home.path.parent)
    assert guest.address == server.address
    guest.stop()
    assert answers(server.address)


def test_a_killed_server_comes_back_at_the_same_address_with_its_data(server: embedded.EmbeddedServer) -> None:
    with psycopg.connect(server.address.dsn()) as connection:
        connection.execute("create table kept as select 7 as number")
    killed = postmaster_pid(server.home)
    os.kill(killed, signal.SIGKILL)
    assert within(30, lambda: not psutil.pid_exists(killed)), "the killed server was not reaped"
    assert within(60, lambda: answers(server.address))
    with psycopg.connect(server.address.dsn()) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_the_server_ends_when_its_starter_is_killed(starter: "subprocess.Popen[str]", open_folder: Path) -> None:
    home = postgres_home.open_home(open_folder)
    pid = postmaster_pid(home)
    starter.kill()
    assert within(20, lambda: not psutil.pid_exists(pid))


def test_a_start_right_after_the_starter_was_killed_waits_for_the_old_server_to_end(
    starter: "subprocess.Popen[str]", open_folder: Path
) -> None:
    starter.kill()
    os.waitid(os.P_PID, starter.pid, os.WEXITED | os.WNOWAIT)
    with embedded.running(open_folder) as address:
        time.sleep(0.5)
        assert answers(address)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_the_server_ends_when_its_watch_is_killed(server: embedded.EmbeddedServer) -> None:
    assert server.watch is not None
    pid = postmaster_pid(server.home)
    server.watch.kill()
    server.watch.wait()
    assert within(20, lambda: not psutil.pid_exists(pid))


def test_a_server_left_without_a_watch_is_ended_before_the_next_one_starts(server: embedded.EmbeddedServer) -> None:
    assert server.watch is not None
    left = postmaster_pid(server.home)
    server.watch.kill()
    server.watch.wait()
    with embedded.running(server.home.path.parent) as address:
        assert answers(address)
        assert postmaster_pid(server.home) != left


def test_a_trace_that_names_another_living_process_does_not_stand_in_the_way(open_folder: Path) -> None:
    embedded.start(open_folder).stop()
    home = postgres_home.open_home(open_folder)
    trace = home.cluster / "postmaster.pid"
    trace.write_text(f"{os.getpid()}\n{home.cluster}\n1\n5432\n\n127.0.0.1\n0 0\nready\n")
    home.hand_over(trace)
    with embedded.running(open_folder) as address:
        assert answers(address)


def test_a_database_whose_making_was_interrupted_is_made_anew(open_folder: Path) -> None:
    home = postgres_home.open_home(open_folder)
    unfinished = home.path / "cluster.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.running(open_folder) as address:
        assert answers(address)
    assert not unfinished.exists()


def test_data_of_another_major_version_are_refused_with_the_way_out(open_folder: Path) -> None:
    embedded.start(open_folder).stop()
    home = postgres_home.open_home(open_folder)
    (home.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.EmbeddedServerError, match=r"written by PostgreSQL 17, but 18.*backup"):
        embedded.start(open_folder)


def test_a_server_that_cannot_start_says_what_it_said_and_leaves_nothing_running(open_folder: Path) -> None:
    embedded.start(open_folder).stop()
    home = postgres_home.open_home(open_folder)
    (home.cluster / "global" / "pg_control").write_bytes(b"not a control file")
    with pytest.raises(embedded.EmbeddedServerError, match="pg_control"):
        embedded.start(open_folder)
    lock = embedded.take_lock(home)
    assert lock is not None
    os.close(lock)


def test_a_folder_too_deep_for_a_socket_is_served_over_loopback(open_folder: Path) -> None:
    deep = open_folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with embedded.running(deep) as address:
        assert address.host == "127.0.0.1"
        assert answers(address)


@ONLY_ROOT
def test_root_hands_the_server_to_an_account_without_privileges(server: embedded.EmbeddedServer) -> None:
    assert psutil.Process(postmaster_pid(server.home)).uids().effective == server.home.cluster.stat().st_uid != 0


@ONLY_ROOT
def test_a_data_folder_closed_to_that_account_gets_its_server_elsewhere_with_a_link_to_it(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_home, "SHARED_HOMES", open_folder / "shared")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        with embedded.running(closed / "var") as address:
            assert answers(address)
    assert (closed / "var" / "postgres").resolve().parent == open_folder / "shared"


@ONLY_ROOT
def test_programs_closed_to_that_account_are_copied_to_where_it_can_run_them(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_home, "SHARED_HOMES", open_folder / "shared")
    package = postgres_home.programs_for(postgres_home.SAME_ACCOUNT).parents[1]
    copied = postgres_home.copy_out(package)
    nobody = postgres_home.account_for(open_folder / "new")
    made = subprocess.run(
        [copied / "pginstall" / "bin" / "postgres", "--version"],
        user=nobody.uid,
        group=nobody.gid,
        extra_groups=[],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "PostgreSQL) 18" in made.stdout
