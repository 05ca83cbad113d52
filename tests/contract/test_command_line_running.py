"""`run`, `keys`, `lodge`, `verify`, `backup`, `restore`: an installation started by one command, used and stopped."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest

from contract.command_line import Ran, environment_of, onewindow
from servers import folder_for_servers, free_port

SERVICE = "import-declaration"
READY_S = 120.0
STOP_S = 30.0

pytestmark = pytest.mark.slow


@dataclass(slots=True)
class Running:
    """`onewindow run --demo` on a folder and a port of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    printed: str

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def command(self, *arguments: object, stdin: bytes = b"") -> Ran:
        """Another command on the same installation."""
        return onewindow(*arguments, data_dir=self.data_dir, stdin=stdin, PORT=str(self.port))

    def example(self, reference: str) -> dict[str, Any]:
        """A document that is accepted today."""
        document: dict[str, Any] = json.loads(self.command("example", SERVICE, "--reference", reference).out)
        return document

    def family(self) -> list[psutil.Process]:
        """Everything it started, PostgreSQL included."""
        return psutil.Process(self.process.pid).children(recursive=True)


def started(folder: Path, port: int) -> Running:
    data_dir = folder / "data"
    with (folder / "run.err").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "onewindow.cli", "run", "--demo"],
            env=environment_of(data_dir, PORT=str(port), WORKERS="2"),
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.decode())
        if "Ctrl-C" in lines[-1]:
            return Running(folder, port, process, "".join(lines))
    raise AssertionError((folder / "run.err").read_text()[-3000:])


def stopped(process: subprocess.Popen[bytes], number: signal.Signals) -> float:
    """Seconds until it ended."""
    began = time.monotonic()
    process.send_signal(number)
    process.wait(STOP_S)
    assert process.stdout is not None
    process.stdout.close()
    return time.monotonic() - began


def is_listening(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with folder_for_servers() as folder:
        one = started(folder, free_port())
        yield one
        if one.process.poll() is None:
            stopped(one.process, signal.SIGTERM)


def written(path: Path, *documents: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(document) for document in documents), encoding="utf-8")
    return path


def test_run_prints_the_address_and_the_accounts(running: Running) -> None:
    assert f"http://127.0.0.1:{running.port}" in running.printed
    for role in ("trader", "broker", "declaration-officer", "contact-agent"):
        assert role in running.printed


def test_keys_are_the_demonstrations_and_their_file_is_its_owners_alone(running: Running) -> None:
    rows = running.command("keys", "--json").array()
    assert {"trader", "broker", "officer"} <= {row["role"] for row in rows}
    assert all(list(row) == ["role", "agency", "company", "key"] for row in rows)
    mode = (running.data_dir / "demonstration-keys.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_lodging_gives_a_receipt_and_is_safe_to_repeat(running: Running, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", running.example("CLI-0001"))
    first, second = running.command("lodge", "--json", file), running.command("lodge", "--json", file)
    assert (first.status, second.status) == (0, 0), first.err
    [one], [again] = first.lines(), second.lines()
    assert one["receipt"] == again["receipt"]
    assert {"reference", "service", "version", "definition_version", "state", "lodged_at", "digest"} == set(
        one["receipt"]
    )


def test_many_lines_are_lodged_as_a_batch_and_one_bad_line_stops_no_other(running: Running, tmp_path: Path) -> None:
    wrong = {**running.example("CLI-1003"), "form": "9"}
    file = written(tmp_path / "a.ndjson", running.example("CLI-1001"), wrong, running.example("CLI-1002"))
    ran = running.command("lodge", "--json", file)
    assert ran.status == 1, ran.err
    lines = ran.lines()
    assert [line["index"] for line in lines] == [0, 1, 2]
    assert ["receipt" in line for line in lines] == [True, False, True]
    assert lines[1]["findings"][0]["pointer"] == "/form"


def test_a_key_that_may_not_lodge_cannot_run(running: Running, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", running.example("CLI-0002"))
    assert running.command("lodge", "--key", "ow_unknown", file).status == 2


def test_an_installation_that_runs_verifies_whole(running: Running) -> None:
    ran = running.command("verify")
    assert ran.status == 0, ran
    assert ran.out.startswith(b"Whole: ")


def test_a_backup_of_a_running_installation_is_restored_and_verified(running: Running, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    made = running.command("backup", copy)
    assert made.status == 0, made
    assert running.command("backup", copy).status == 2, "a backup never overwrites another"
    with folder_for_servers() as folder:
        ran = onewindow("restore", copy, data_dir=folder / "data")
        assert ran.status == 0, ran
        assert b"Whole: " in ran.out
        again = onewindow("restore", copy, data_dir=folder / "data")
        assert again.status == 2, "nothing that is there is ever overwritten"


def test_a_damaged_backup_is_refused(running: Running, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    made = running.command("backup", copy)
    assert made.status == 0, made
    with (copy / "database.dump").open("r+b") as dump:
        dump.seek(500)
        dump.write(b"XX")
    with folder_for_servers() as folder:
        ran = onewindow("restore", copy, data_dir=folder / "data")
        assert ran.status != 0
        assert "database.dump" in ran.err
        assert not (folder / "data").exists()


def test_a_server_that_ends_is_started_again(running: Running) -> None:
    [server] = [
        one for one in running.family() if one.cmdline()[-1:] == ["serve"] and one.ppid() == running.process.pid
    ]
    workers = server.children()
    server.kill()
    # Its workers die with it, some milliseconds later: until then they answer.
    gone, alive = psutil.wait_procs([server, *workers], timeout=STOP_S)
    assert (len(gone), alive) == (3, [])
    until = time.monotonic() + READY_S
    while time.monotonic() < until and not is_listening(running.port):
        time.sleep(0.2)
    assert is_listening(running.port)


def test_ctrl_c_stops_everything_it_started_and_a_second_run_goes_on(running: Running) -> None:
    family = running.family()
    assert len(family) > 4
    assert stopped(running.process, signal.SIGINT) < STOP_S
    assert running.process.returncode == 0
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
    again = started(running.folder, running.port)
    try:
        assert again.command("verify").status == 0
    finally:
        stopped(again.process, signal.SIGKILL)
    third = started(running.folder, running.port)
    assert third.command("keys", "--json").array()
    assert stopped(third.process, signal.SIGTERM) < STOP_S


def test_lodging_without_a_server_cannot_run(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(onewindow("example", SERVICE, data_dir=tmp_path).out)
    address = f"http://127.0.0.1:{free_port()}"
    ran = onewindow("lodge", "--url", address, "--key", "ow_x", "--patience", "1", file, data_dir=tmp_path)
    assert ran.status == 2
    assert address in ran.err
