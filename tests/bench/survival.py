"""Kills the server, the worker and PostgreSQL at random instants under load, while clients try again with their keys.

`python tests/bench/survival.py --minutes 10` runs the long form through the real server and the real followers;
`--journal` runs it on the journal alone, without the doors; `--journal --unsafe` does so with `synchronous_commit=off`,
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
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import psutil
import psycopg

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from onewindow.definitions.catalogue import load_catalogue  # noqa: E402
from onewindow.engine.registry import Registry  # noqa: E402
from onewindow.storage import embedded  # noqa: E402
from onewindow.storage.enrolment import Enrolment  # noqa: E402
from onewindow.storage.integrity import recompute  # noqa: E402
from onewindow.storage.migrate import dsn_for, migrate  # noqa: E402
from onewindow.storage.signing import InstallationSigner  # noqa: E402
from servers import folder_for_servers, free_port  # noqa: E402

CLIENTS = 48
LODGERS = 7
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
BEHIND = b"""
    SELECT count(*) FROM lane l CROSS JOIN (SELECT DISTINCT follower FROM position UNION SELECT 'worklist') f
    LEFT JOIN position p ON p.lane = l.lane AND p.follower = f.follower WHERE l.head > coalesce(p.pos, 0)"""
TASKS = b"""
    SELECT count(*), count(DISTINCT (reference, stage)),
        coalesce((SELECT max(n) FROM (SELECT count(*) AS n FROM task GROUP BY reference) each), 0) FROM task"""
NOTICES = b"""
    SELECT recipient, count(*), max(number) FROM notice GROUP BY recipient HAVING count(*) <> max(number)"""


@dataclass
class Outcome:
    """What was promised, what is there, and what happened between."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """Key → reference of every receipt."""
    contradicted: list[str] = field(default_factory=list)
    """Keys that were answered in two ways, each with what was said the second time."""
    lost: list[str] = field(default_factory=list)
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    """Keys whose receipt names other bytes than those that are kept."""
    kills: dict[str, int] = field(default_factory=lambda: {"server": 0, "worker": 0, "database": 0})
    faults: list[str] = field(default_factory=list)
    tasks: int = 0
    legs: int = 0
    template: dict[str, object] = field(default_factory=lambda: {"words": secrets.token_hex(200)})
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
                "contradicted": self.contradicted[:5],
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


class Server:
    """`onewindow serve` with two workers, one of which, or all with their parent, are killed; started again at once."""

    def __init__(self, database: Victim) -> None:
        self._port = free_port()
        self._environment = environment_of(database, self._port)
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._chance = random.Random(os.urandom(4))
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=20)

    async def run(self) -> None:
        while not self._closing:
            self._process = onewindow("serve", self._environment)
            await asyncio.to_thread(self._process.wait)
        await self._client.aclose()

    async def ask(self, number: int, asked: dict[str, object]) -> dict[str, str]:
        del number
        headers = {
            "Authorization": f"Bearer {api_key(str(asked['lodger']))}",
            "Idempotency-Key": str(asked["key"]),
            "Content-Type": "application/json",
        }
        try:
            answer = await self._client.post(
                "/api/v1/services/import-declaration/submissions", content=str(asked["body"]), headers=headers
            )
        except httpx.HTTPError:
            await asyncio.sleep(0.1)
            return {"again": "yes"}
        if answer.status_code in (200, 201):
            receipt: dict[str, str] = answer.json()
            return receipt
        return (
            {"again": "yes"}
            if answer.status_code in (429, 503)
            else {"conflict": f"{answer.status_code} {answer.text[:500]}"}
        )

    def kill(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        workers = psutil.Process(self._process.pid).children(recursive=True)
        if workers and self._chance.random() < 0.5:
            self._chance.choice(workers).kill()
        else:
            kill_all(self._process)

    def close(self) -> None:
        self._closing = True
        kill_all(self._process)


def onewindow(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A command of ours in a session of its own."""
    arguments = [sys.executable, "-m", "onewindow.cli", command]
    return subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)


def kill_all(process: subprocess.Popen[bytes] | None) -> None:
    """A process we started, with all that it started."""
    if process is not None and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def environment_of(database: Victim, port: int) -> dict[str, str]:
    """An installation that uses the victim's database."""
    data = database.folder / "data"
    if not data.exists():
        data.mkdir()
        secret = data / "secret"
        secret.touch(mode=0o600)
        secret.write_bytes(database.secret)
    ours = {"DATABASE_URL": database.owner_dsn, "DATA_DIR": str(data), "PORT": str(port), "LOG_LEVEL": "error"}
    return {**os.environ, **ours, "WORKERS": "2", "API_RATE": "100000"}


def api_key(lodger: str) -> str:
    return f"ow_{sha256(lodger.encode()).hexdigest()}"


def enrol(database: Victim) -> None:
    """Django's tables, and a key for each lodger."""
    onewindow("migrate", environment_of(database, free_port())).wait()
    with psycopg.connect(database.owner_dsn) as owner:
        for number in range(LODGERS):
            lodger = f"company:{number}"
            Enrolment(owner).key(api_key(lodger), lodger, ("trader",), label="survival")


def declaration() -> dict[str, object]:
    """The service's own example."""
    today, catalogue = datetime.now(HONG_KONG).date(), load_catalogue()
    document: dict[str, object] = json.loads(Registry(catalogue).example(catalogue.newest["import-declaration"], today))
    return document


@asynccontextmanager
async def running(door: Door | Server) -> AsyncIterator[Door | Server]:
    """A server that is started again and again until the block ends."""
    task = asyncio.create_task(door.run())
    try:
        yield door
    finally:
        door.close()
        await task


def start_worker(database: Victim, *, real: bool) -> subprocess.Popen[bytes]:
    if real:
        return onewindow("follow", environment_of(database, free_port()))
    arguments = [sys.executable, str(TESTS / "bench" / "survival_follower.py"), database.dsn("follower")]
    return subprocess.Popen(
        arguments, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(TESTS)}, start_new_session=True
    )


async def client(
    door: Door | Server, outcome: Outcome, until: float, numbers: Callable[[], int], sent: dict[str, str]
) -> None:
    """Sends documents one after another; each again with the same key until it is acknowledged, and some once more."""
    while time.monotonic() < until:
        key = f"KEY-{numbers()}"
        body = json.dumps({**outcome.template, "reference": key})
        sent[key] = sha256(body.encode()).hexdigest()
        asked: dict[str, object] = {
            "key": key, "sender_reference": key, "body": body, "lodger": f"company:{hash(key) % LODGERS}",
        }  # fmt: skip
        answers = 0
        while answers < (2 if numbers() % 10 == 0 else 1):
            said = await door.ask(numbers(), asked)
            if "reference" not in said:
                if "conflict" in said:
                    outcome.contradicted.append(f"{key}: {said['conflict']}")
                    break
                await asyncio.sleep(0.05)
                continue
            answers += 1
            if outcome.acknowledged.setdefault(key, said["reference"]) != said["reference"]:
                outcome.contradicted.append(f"{key}: {said['reference']}, not {outcome.acknowledged[key]}")
            if said["digest"] != sent[key]:
                outcome.wrong.append(key)


async def disturb(
    database: Victim, door: Door | Server, workers: list[subprocess.Popen[bytes]], outcome: Outcome, until: float
) -> None:
    """Something dies every second or so (a real server every eight), at no particular instant."""
    chance = random.Random(int.from_bytes(os.urandom(4), "big"))
    order = ["server", "worker", "database"]
    while time.monotonic() < until - 2:
        await asyncio.sleep(chance.uniform(4, 12) if isinstance(door, Server) else chance.uniform(0.6, 1.8))
        victim = order[sum(outcome.kills.values()) % 3] if sum(outcome.kills.values()) < 3 else chance.choice(order)
        outcome.kills[victim] += 1
        if victim == "server":
            door.kill()
        elif victim == "worker":
            kill_all(workers[0])
            workers[0] = start_worker(database, real=isinstance(door, Server))
        else:
            await asyncio.to_thread(database.kill)


async def load(database: Victim, seconds: float, *, real: bool, durable: bool) -> Outcome:
    outcome, sent = Outcome(), dict[str, str]()
    if real:
        await asyncio.to_thread(enrol, database)
        outcome.template = declaration()
    counter = iter(range(10**12))
    workers = [start_worker(database, real=real)]
    started = time.monotonic()
    async with running(Server(database) if real else Door(database, durable=durable)) as door:
        until = started + seconds
        clients = [client(door, outcome, until, lambda: next(counter), sent) for _ in range(CLIENTS)]
        await asyncio.gather(disturb(database, door, workers, outcome, until), *clients)
    if not durable:
        # What the last moments acknowledged is at stake only if the machine stops in them.
        await asyncio.to_thread(database.kill)
        outcome.kills["database"] += 1
    settle(database, outcome, sent)
    kill_all(workers[0])
    outcome.seconds = time.monotonic() - started
    return outcome


def settle(database: Victim, outcome: Outcome, sent: dict[str, str]) -> None:
    """Compare what was promised with what is there, once the worker has read everything."""
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        until = time.monotonic() + 120
        while time.monotonic() < until and owner.execute(BEHIND).fetchone() != (0,):
            time.sleep(0.1)
        rows = owner.execute(b"SELECT sender_reference, reference, digest FROM submission").fetchall()
        tasks = owner.execute(TASKS).fetchone()
        gaps = owner.execute(NOTICES).fetchall()
    kept = {key: (reference, digest.hex()) for key, reference, digest in rows}
    outcome.doubled = len(rows) - len(kept)
    for key, reference in outcome.acknowledged.items():
        if key not in kept or kept[key][0] != reference:
            outcome.lost.append(key)
        elif kept[key][1] != sent[key]:
            outcome.wrong.append(key)
    assert tasks is not None
    outcome.tasks, outcome.legs = tasks[0], tasks[2] * len(rows)
    outcome.doubled += tasks[0] - tasks[1]
    report = recompute(database.owner_dsn, InstallationSigner(database.secret))
    outcome.faults = [str(fault) for fault in report.faults]
    outcome.faults += [f"{recipient} has {count} notices and number {last}" for recipient, count, last in gaps]


def run(seconds: float, *, real: bool = False, durable: bool = True) -> Outcome:
    """One run on a database of its own: through the real server, or (`real` false) on the journal alone."""
    with folder_for_servers() as folder:
        database = Victim(folder)
        try:
            return asyncio.run(load(database, seconds, real=real, durable=durable))
        finally:
            database.server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--journal", action="store_true", help="the journal alone, without the doors")
    parser.add_argument("--unsafe", action="store_true", help="with synchronous_commit=off: this must lose documents")
    chosen = parser.parse_args()
    if chosen.unsafe and not chosen.journal:
        parser.error("--unsafe goes with --journal: the real server refuses to run without durability")
    outcome = run(chosen.minutes * 60, real=not chosen.journal, durable=not chosen.unsafe)
    sys.stdout.write(f"{outcome}\n")
    sys.exit(0 if outcome.survived != chosen.unsafe else 1)


if __name__ == "__main__":
    main()
