"""Kills the server, the worker and PostgreSQL at random instants under load, while clients try again with their keys.

`python tests/bench/survival.py --minutes 10` runs the long form; `--unsafe` runs it with `synchronous_commit=off`,
which must lose documents, so that the method is known to see loss.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import psutil
import psycopg

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from onewindow.storage import embedded  # noqa: E402
from onewindow.storage.integrity import recompute  # noqa: E402
from onewindow.storage.migrate import dsn_for, migrate  # noqa: E402
from onewindow.storage.signing import InstallationSigner  # noqa: E402
from servers import folder_for_servers, free_port  # noqa: E402

CLIENTS = 48
LODGERS = 7


@dataclass
class Outcome:
    """What was promised, what is there, and what happened between."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """Key → reference of every receipt."""
    contradicted: list[str] = field(default_factory=list)
    """Keys that were answered in two ways."""
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    """Keys whose receipt names other bytes than those that are kept."""
    kills: dict[str, int] = field(default_factory=lambda: {"server": 0, "worker": 0, "database": 0})
    faults: list[str] = field(default_factory=list)
    tasks: int = 0
    legs: int = 0
    seconds: float = 0.0

    @property
    def survived(self) -> bool:
        return not (self.contradicted or self.lost or self.doubled or self.wrong or self.faults) and (
            self.tasks == self.legs
        )

    def __str__(self) -> str:
        return json.dumps(
            {
                "seconds": round(self.seconds, 1),
                "acknowledged": len(self.acknowledged),
                "lost": len(self.lost),
                "doubled": self.doubled,
                "contradicted": len(self.contradicted),
                "wrong": len(self.wrong),
                "broken_links": len(self.faults),
                "tasks": self.tasks,
                "legs": self.legs,
                "kills": self.kills,
            }
        )


class Victim:
    """An embedded server that is killed whole and started again in its place."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        embedded.free_port = lambda: port
        self.folder = folder
        self.secret = secrets.token_bytes(32)
        self.server = embedded.start(folder)
        self.owner_dsn = self.server.address.dsn()
        migrate(self.owner_dsn, self.secret)

    def dsn(self, role: str) -> str:
        return dsn_for(self.owner_dsn, role, self.secret)

    def kill(self) -> None:
        """Every process of the server at once, as when the power fails; then recovery."""
        first = psutil.Process(int(embedded.trace_lines(self.server.home)[0]))
        everyone = [*first.children(recursive=True), first]
        for process in everyone:
            process.suspend()
        for process in everyone:
            process.kill()
        psutil.wait_procs(everyone, 10)
        self.stop_database()
        self.start_database()

    def stop_database(self) -> None:
        self.server.stop()

    def start_database(self) -> None:
        self.server = embedded.start(self.folder)


class Door:
    """The server's process, started again whenever it was killed; what was under way is sent again."""

    def __init__(self, database: Victim, *, durable: bool) -> None:
        self._database = database
        self._durable = durable
        self._waiting: dict[int, asyncio.Future[dict[str, str]]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._closing = False

    async def run(self) -> None:
        while not self._closing:
            mode = "durable" if self._durable else "unsafe"
            arguments = (str(TESTS / "bench" / "survival_door.py"), self._database.dsn("door"))
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, self._database.secret.hex(), mode,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, limit=1 << 20,
                env={**os.environ, "PYTHONPATH": str(TESTS)},
            )  # fmt: skip
            self._process = process
            assert process.stdout is not None
            async for line in process.stdout:
                said = json.loads(line)
                future = self._waiting.pop(said["number"], None)
                if future is not None and not future.done():
                    future.set_result(said)
            await process.wait()
            for future in self._waiting.values():
                if not future.done():
                    future.set_result({"again": "yes"})
            self._waiting.clear()

    async def ask(self, number: int, asked: dict[str, object]) -> dict[str, str]:
        if self._process is None or self._process.stdin is None or self._process.returncode is not None:
            await asyncio.sleep(0.05)
            return {"again": "yes"}
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._process.stdin.write(json.dumps({"number": number, **asked}).encode() + b"\n")
            await self._process.stdin.drain()
        except (ConnectionError, RuntimeError):
            self._waiting.pop(number, None)
            return {"again": "yes"}
        return await future

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def close(self) -> None:
        self._closing = True
        self.kill()


@asynccontextmanager
async def door_of(database: Victim, *, durable: bool) -> AsyncIterator[Door]:
    door = Door(database, durable=durable)
    running = asyncio.create_task(door.run())
    try:
        yield door
    finally:
        door.close()
        await running


def start_worker(database: Victim) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, str(TESTS / "bench" / "survival_follower.py"), database.dsn("follower")]
    return subprocess.Popen(arguments, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(TESTS)})


async def client(door: Door, outcome: Outcome, until: float, numbers: Callable[[], int], sent: dict[str, str]) -> None:
    """Sends documents one after another; each again with the same key until it is acknowledged, and some once more."""
    while time.monotonic() < until:
        key = f"key-{numbers()}"
        body = json.dumps({"key": key, "words": secrets.token_hex(200)})
        sent[key] = sha256(body.encode()).hexdigest()
        asked: dict[str, object] = {
            "key": key, "sender_reference": key, "body": body, "lodger": f"company:{hash(key) % LODGERS}",
        }  # fmt: skip
        answers = 0
        while answers < (2 if numbers() % 10 == 0 else 1):
            said = await door.ask(numbers(), asked)
            if "reference" not in said:
                if "conflict" in said:
                    outcome.contradicted.append(key)
                    break
                await asyncio.sleep(0.05)
                continue
            answers += 1
            if outcome.acknowledged.setdefault(key, said["reference"]) != said["reference"]:
                outcome.contradicted.append(key)
            if said["digest"] != sent[key]:
                outcome.wrong.append(key)


async def disturb(
    database: Victim, door: Door, workers: list[subprocess.Popen[bytes]], outcome: Outcome, until: float
) -> None:
    """Something dies every second or so, at no particular instant."""
    chance = random.Random(int.from_bytes(os.urandom(4), "big"))
    order = ["server", "worker", "database"]
    while time.monotonic() < until - 2:
        await asyncio.sleep(chance.uniform(0.6, 1.8))
        victim = order[sum(outcome.kills.values()) % 3] if sum(outcome.kills.values()) < 3 else chance.choice(order)
        outcome.kills[victim] += 1
        if victim == "server":
            door.kill()
        elif victim == "worker":
            workers[0].send_signal(signal.SIGKILL)
            workers[0].wait()
            workers[0] = start_worker(database)
        else:
            await asyncio.to_thread(database.kill)


async def load(database: Victim, seconds: float, *, durable: bool) -> Outcome:
    outcome, sent, started = Outcome(), dict[str, str](), time.monotonic()
    counter = iter(range(10**12))
    workers = [start_worker(database)]
    async with door_of(database, durable=durable) as door:
        until = started + seconds
        clients = [client(door, outcome, until, lambda: next(counter), sent) for _ in range(CLIENTS)]
        await asyncio.gather(disturb(database, door, workers, outcome, until), *clients)
    if not durable:
        # What the last moments acknowledged is at stake only if the machine stops in them.
        await asyncio.to_thread(database.kill)
        outcome.kills["database"] += 1
    settle(database, outcome, sent)
    workers[0].send_signal(signal.SIGKILL)
    workers[0].wait()
    outcome.seconds = time.monotonic() - started
    return outcome


def settle(database: Victim, outcome: Outcome, sent: dict[str, str]) -> None:
    """Compare what was promised with what is there, once the worker has read everything."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            row = owner.execute(
                "SELECT count(*) FROM lane l LEFT JOIN position p ON p.lane = l.lane AND p.follower = 'worklist'"
                " WHERE l.head > coalesce(p.pos, 0)"
            ).fetchone()
            if row == (0,):
                break
            time.sleep(0.1)
        rows = owner.execute("SELECT sender_reference, reference, digest FROM submission").fetchall()
        tasks = owner.execute("SELECT count(*), count(DISTINCT (reference, stage)) FROM task").fetchone()
    kept = {key: (reference, digest.hex()) for key, reference, digest in rows}
    outcome.doubled = len(rows) - len(kept)
    for key, reference in outcome.acknowledged.items():
        if key not in kept or kept[key][0] != reference:
            outcome.lost.append(key)
        elif kept[key][1] != sent[key]:
            outcome.wrong.append(key)
    assert tasks is not None
    outcome.tasks, outcome.legs = tasks[0], 2 * len(rows)
    outcome.doubled += tasks[0] - tasks[1]
    report = recompute(database.owner_dsn, InstallationSigner(database.secret))
    outcome.faults = [str(fault) for fault in report.faults]


def run(seconds: float, *, durable: bool = True) -> Outcome:
    """One run on a server of its own."""
    with folder_for_servers() as folder:
        database = Victim(folder)
        try:
            return asyncio.run(load(database, seconds, durable=durable))
        finally:
            database.server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--unsafe", action="store_true", help="with synchronous_commit=off: this must lose documents")
    chosen = parser.parse_args()
    outcome = run(chosen.minutes * 60, durable=not chosen.unsafe)
    sys.stdout.write(f"{outcome}\n")
    sys.exit(0 if outcome.survived != chosen.unsafe else 1)


if __name__ == "__main__":
    main()
