"""A server to be killed: reads documents from standard input, a JSON line each, and answers once they are durable."""

from __future__ import annotations

import asyncio
import json
import sys
from hashlib import sha256
from typing import Any

import structlog

from onewindow.application.ports import Conflict, Lodge
from onewindow.application.refusals import NotDurable
from onewindow.kernel.lane import lane_of
from onewindow.storage.journal import PostgresJournal


def command_of(asked: dict[str, Any], secret: bytes) -> Lodge:
    body = asked["body"].encode()
    return Lodge(
        lane=lane_of(asked["lodger"], secret),
        lodger=asked["lodger"],
        principal=asked["lodger"],
        service="licence",
        definition_version="1",
        state="vetting",
        sender_reference=asked["sender_reference"],
        key=asked["key"],
        body=body,
        media="application/json",
        digest=sha256(body).digest(),
        opening=b'{"stages":["vetting","checking"],"charges":[]}',
        summary="",
    )


async def answer(journal: PostgresJournal, asked: dict[str, Any], secret: bytes) -> dict[str, Any]:
    try:
        outcome = (await journal.append([command_of(asked, secret)]))[0]
    except NotDurable:
        return {"number": asked["number"], "again": True}
    if isinstance(outcome, Conflict):
        return {"number": asked["number"], "conflict": outcome.code}
    return {"number": asked["number"], "reference": outcome.reference, "digest": outcome.digest}


async def serve(dsn: str, secret: bytes, *, durable: bool) -> None:
    journal = PostgresJournal(dsn, secret, durable=durable)
    await asyncio.to_thread(journal.open)
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()

    async def one(line: bytes) -> None:
        said = await answer(journal, json.loads(line), secret)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()

    while line := await reader.readline():
        task = asyncio.create_task(one(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(serve(sys.argv[1], bytes.fromhex(sys.argv[2]), durable=sys.argv[3] == "durable"))
