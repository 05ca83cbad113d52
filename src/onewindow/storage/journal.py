"""The one way in: commands from any thread or event loop are written in groups and answered when they are durable.

It works on the loop of the server that lodges, or on a thread and a loop of its own. A few committers divide the
lanes; each has one connection and writes what arrived while its last commit ran, and what the next turns of the loop
bring, for some milliseconds at most: all of a little, half of much (docs/adr/0012). Whoever waits is told once a group.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import structlog
import uvloop

from onewindow.application.ports import Asked, Change, Conflict, Lodge, Receipt
from onewindow.application.refusals import NotDurable
from onewindow.kernel.lane import LANES
from onewindow.storage import door
from onewindow.storage.claims import answer_key, key_token
from onewindow.storage.group import GroupWriter, TooContended, known_claims

Outcomes = list[Receipt | Conflict]

COMMITTERS = 1
"""One a process: with more, groups are smaller and each costs its round trips (docs/adr/0003-binary-copy.md)."""
MOST_IN_GROUP = 2_000
"""Documents of one transaction: enough that the commit's cost is shared, few enough that nobody waits long."""
GATHER_S = 0.006
"""How long a group is held open at most for those who are just coming: a small group costs as much as a large one."""
UNDIVIDED = 16
"""Up to so many documents are one group; of more, half are written while the server judges the next half."""
MOST_WAITING = 20_000
"""Documents that may wait for one committer; more are told to come back."""
RETRY_SECONDS = 2

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Call:
    """One `append`: its commands, and how its caller is told; `loop` is None for a caller that blocks."""

    commands: Sequence[Lodge | Change]
    loop: asyncio.AbstractEventLoop | None
    future: asyncio.Future[Outcomes] | Future[Outcomes]


class PostgresJournal:
    """`ports.Journal` on PostgreSQL. `open` (or `open_here`) before the first use; `close` waits for what was taken."""

    def __init__(self, dsn: str, secret: bytes, *, committers: int = COMMITTERS, durable: bool = True) -> None:
        self._connect = partial(door.connect, dsn, durable=durable)
        self._committers = [Committer(self._connect, secret) for _ in range(committers)]
        self._committer_of = {lane: self._committers[index % committers] for index, lane in enumerate(LANES)}
        self._asker = Asker(self._connect)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start on a thread, and refuse a database that could lose what it acknowledged: raises `door.UnsafeDatabase`.

        A database that is away is no reason not to start: it is found again when it is back.
        """
        loop = self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="journal", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), loop).result()

    async def open_here(self) -> None:
        """The same on the running loop: for a server that lodges on this loop, since no document changes threads then.

        Blocking calls must come from other threads.
        """
        self._loop = asyncio.get_running_loop()
        await self._start()

    def close(self) -> None:
        """Write what waits, then stop; not from the loop that it was opened on."""
        loop = self._opened()
        asyncio.run_coroutine_threadsafe(self.close_here(), loop).result()
        if self._thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()

    async def close_here(self) -> None:
        """Write what waits; on the loop that it was opened on."""
        await asyncio.gather(*(committer.finish() for committer in self._committers), self._asker.finish())

    async def append(self, commands: Sequence[Lodge | Change]) -> Outcomes:
        """See `ports.Journal`. Raises NotDurable."""
        if not commands:
            return []
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcomes] = loop.create_future()
        self._committer_of[commands[0].lane].take(Call(commands, loop, future))
        return await future

    def append_now(self, commands: Sequence[Lodge | Change]) -> Outcomes:
        """See `ports.Journal`. Raises NotDurable."""
        if not commands:
            return []
        future: Future[Outcomes] = Future()
        self._committer_of[commands[0].lane].take(Call(commands, None, future))
        return future.result()

    async def answered(self, asked: Sequence[Asked]) -> list[Receipt | Conflict | None]:
        """See `ports.Journal`. Raises NotDurable."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._asker.answer(asked), self._opened()))

    def answered_now(self, asked: Sequence[Asked]) -> list[Receipt | Conflict | None]:
        """See `ports.Journal`. Raises NotDurable."""
        return asyncio.run_coroutine_threadsafe(self._asker.answer(asked), self._opened()).result()

    def _opened(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("the journal is not open")
        return self._loop

    async def _start(self) -> None:
        try:
            connection = await self._connect()
            await connection.close(timeout=door.CONNECT_SECONDS)
        except door.LOST + door.PASSING as fault:
            log.warning("journal_database_away", fault=str(fault))
        for committer in self._committers:
            committer.start()


class Committer:
    """Writes the groups of its lanes, one after another, over a connection that it makes again when it is lost."""

    def __init__(self, connect: Callable[[], Awaitable[door.Connection]], secret: bytes) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connect = connect
        self._secret = secret
        self._calls: deque[Call] = deque()
        self._waiting = 0
        self._told = 0
        self._busy = False
        self._closing = False
        self._wake = asyncio.Event()
        self._connection: door.Connection | None = None
        self._writer: GroupWriter | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; on the journal's loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._work())

    async def finish(self) -> None:
        """Write what waits and hang up."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._connection is not None:
            await self._connection.close()

    def take(self, call: Call) -> None:
        """Put a call in the queue, from any thread. Raises NotDurable when too much waits already."""
        if self._loop is None or self._closing or self._waiting > MOST_WAITING:
            raise not_durable()
        self._waiting += len(call.commands)
        self._told -= len(call.commands)
        self._calls.append(call)
        # The committer clears the flag before it looks into the queue for the last time, so no call is overlooked.
        if not self._busy:
            self._busy = True
            if call.loop is self._loop:
                self._wake.set()
            else:
                self._loop.call_soon_threadsafe(self._wake.set)

    async def _work(self) -> None:
        while True:
            self._busy = True
            await self._more_to_come()
            while group := self._next_group():
                await self._write(group)
                await self._more_to_come()
            if self._closing:
                return
            self._wake.clear()
            self._busy = False
            if not self._calls:
                await self._wake.wait()

    async def _more_to_come(self) -> None:
        """Let those in who are being judged: every turn of the loop brings some, until one brings none."""
        loop, known = asyncio.get_running_loop(), -1
        until = loop.time() + GATHER_S
        while known < self._waiting < MOST_IN_GROUP and loop.time() < until:
            known = self._waiting
            await asyncio.sleep(0)

    def _next_group(self) -> list[Call]:
        """Half of what is under way, so that neither the database nor the server ever waits for all of it.

        Whoever was just told is thought to come back with the next document, as a client does that has many.
        """
        most = min(MOST_IN_GROUP, max(UNDIVIDED, (self._waiting + max(0, self._told) + 1) // 2))
        group: list[Call] = []
        size = 0
        while self._calls and (not group or size + len(self._calls[0].commands) <= most):
            group.append(self._calls.popleft())
            size += len(group[-1].commands)
        self._waiting -= size
        return group

    async def _write(self, group: list[Call]) -> None:
        commands = [command for call in group for command in call.commands]
        try:
            writer = await self._ready_writer()
            outcomes = await writer.write(commands)
        except door.LOST + door.PASSING + (TooContended, door.UnsafeDatabase) as fault:
            log.warning("journal_not_durable", fault=repr(fault), calls=len(group))
            await self._hang_up()
            deliver(group, not_durable())
        except Exception as fault:
            await self._hang_up()
            await self._write_alone(group, fault)
        else:
            self._told = len(commands)
            deliver(group, outcomes)

    async def _write_alone(self, group: list[Call], fault: Exception) -> None:
        """One call's impossible value must not harm its neighbours: write each by itself to find whose it is."""
        if len(group) > 1:
            for call in group:
                await self._write([call])
            return
        log.error("journal_refused_a_value", fault=repr(fault))
        deliver(group, fault)

    async def _ready_writer(self) -> GroupWriter:
        if self._writer is None or self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
            self._writer = GroupWriter(self._connection, self._secret)
        return self._writer

    async def _hang_up(self) -> None:
        """Whatever state the connection is in, it is not used again."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._writer = None


class Asker:
    """Asks what keys stand for, over a connection of its own: nobody waits behind a group for an answer."""

    def __init__(self, connect: Callable[[], Awaitable[door.Connection]]) -> None:
        self._connect = connect
        self._connection: door.Connection | None = None
        self._turn = asyncio.Lock()

    async def answer(self, asked: Sequence[Asked]) -> list[Receipt | Conflict | None]:
        """See `ports.Journal.answered`."""
        wanted = [(one.lane, key_token(one.owner, one.key)) for one in asked]
        async with self._turn:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                claims = await known_claims(self._connection, wanted)
            except door.LOST + door.PASSING + (door.UnsafeDatabase,) as fault:
                log.warning("journal_cannot_be_asked", fault=repr(fault))
                self._drop()
                raise not_durable() from fault
        return [answer_key(one.digest, claims.get(place)) for one, place in zip(asked, wanted, strict=True)]

    async def finish(self) -> None:
        """Hang up."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.close()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None


def not_durable() -> NotDurable:
    """Try again soon, with the same key."""
    return NotDurable("It could not be kept just now. Send it again with the same key.", retry_after=RETRY_SECONDS)


def deliver(group: list[Call], outcomes: Outcomes | Exception) -> None:
    """Tell every caller of a group; callers that share a loop are woken together."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Outcomes], Outcomes | Exception]]] = {}
    start = 0
    for call in group:
        mine = outcomes if isinstance(outcomes, Exception) else outcomes[start : start + len(call.commands)]
        start += len(call.commands)
        if isinstance(call.future, Future):
            settle(call.future, mine)
        elif call.loop is not None:
            loops.setdefault(call.loop, []).append((call.future, mine))
    here = asyncio.get_running_loop()
    for loop, settled in loops.items():
        if loop is here:
            settle_all(settled)
            continue
        try:
            loop.call_soon_threadsafe(settle_all, settled)
        except RuntimeError:
            log.info("journal_caller_gone", calls=len(settled))


def settle_all(settled: list[tuple[asyncio.Future[Outcomes], Outcomes | Exception]]) -> None:
    """Answer the callers of one loop, on that loop."""
    for future, outcome in settled:
        settle(future, outcome)


def settle(future: asyncio.Future[Outcomes] | Future[Outcomes], outcome: Outcomes | Exception) -> None:
    """Answer one caller, unless it no longer waits."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
