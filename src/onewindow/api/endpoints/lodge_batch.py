"""POST /services/{service}/batches: many documents, streamed in and out, a line each."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from onewindow.api.batch_lines import Line, Lines
from onewindow.api.exchange import Reply, Request, encode
from onewindow.api.intake import drain_pieces
from onewindow.api.metrics import count_documents
from onewindow.api.problem import Problem, malformed, problem_of
from onewindow.api.wire import receipt_body
from onewindow.application.lodge import Incoming, Outcome
from onewindow.application.ports import Receipt
from onewindow.application.refusals import Refused
from onewindow.engine.checking.json_guard import MalformedDocument

_SLICES_UNDER_WAY: Final = 8
_MEDIA: Final = b"application/x-ndjson"


async def lodge_batch(request: Request) -> Reply:
    """Lodge up to 10,000 documents, one a line; line i (from 0) has the idempotency key KEY/i.

    The answer is streamed in the same order: `{"index","receipt"}` once durable, `{"index","findings"}`, or
    `{"index","problem"}` (malformed, or not durable: send it again). One bad line never stops the others.
    """
    assert request.stream is not None
    service = request.parameters["service"]
    lines = Lines(request.stream)
    try:
        first = await lines.take()
        if not first:
            raise lines.failure or malformed("it is empty; send one document a line")
        await request.platform.lodging.lodge_many(request.actor, service, [])
    except BaseException:
        lines.stop()
        await drain_pieces(request.stream)
        raise
    return Reply(media=_MEDIA, stream=_answers(request, service, lines, first))


async def _answers(request: Request, service: str, lines: Lines, first: list[Line]) -> AsyncIterator[bytes]:
    """Slices are judged while others are committed and still others arrive; their answers leave in order."""
    under_way = deque([asyncio.create_task(_lodge(request, service, first))])
    taking: asyncio.Task[list[Line]] | None = asyncio.create_task(lines.take())
    try:
        while under_way or taking:
            room = taking is not None and len(under_way) < _SLICES_UNDER_WAY
            awaited: list[asyncio.Task[Any]] = [*([taking] if taking and room else []), *list(under_way)[:1]]
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            if taking is not None and room and taking.done():
                slice_, taking = taking.result(), None
                if slice_:
                    under_way.append(asyncio.create_task(_lodge(request, service, slice_)))
                    taking = asyncio.create_task(lines.take())
            while under_way and under_way[0].done():
                lines.sending(True)
                yield under_way.popleft().result()
                lines.sending(False)
        if isinstance(lines.failure, Problem):
            yield _problem_line(lines.index, lines.failure, request.id)
    finally:
        lines.stop()
        for task in (*under_way, *([taking] if taking else [])):
            task.cancel()


async def _lodge(request: Request, service: str, lines: list[Line]) -> bytes:
    """The answer to some lines."""
    sound = [line for line in lines if not line.fault]
    documents = [Incoming(f"{request.key}/{line.index}", line.body) for line in sound]
    try:
        outcomes: Sequence[Outcome] = await request.platform.lodging.lodge_many(request.actor, service, documents)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        return b"".join(_problem_line(line.index, problem, request.id) for line in lines)
    _count(service, outcomes)
    if len(sound) == len(lines):
        return b"".join(_answer(line.index, outcome, request.id) for line, outcome in zip(lines, outcomes, strict=True))
    by_index = {line.index: outcome for line, outcome in zip(sound, outcomes, strict=True)}
    return b"".join(
        _answer(line.index, by_index.get(line.index) or MalformedDocument(line.fault), request.id) for line in lines
    )


def _answer(index: int, outcome: Outcome, request_id: str) -> bytes:
    if isinstance(outcome, Receipt):
        return b'{"index":%d,"receipt":%b}\n' % (index, encode(receipt_body(outcome)))
    if isinstance(outcome, Refused):
        return b'{"index":%d,"findings":%b}\n' % (index, encode([finding.as_dict() for finding in outcome.findings]))
    problem = problem_of(outcome)
    assert problem is not None
    return _problem_line(index, problem, request_id)


def _problem_line(index: int, problem: Problem, request_id: str) -> bytes:
    return b'{"index":%d,"problem":%b}\n' % (index, problem.body(request_id))


def _count(service: str, outcomes: Sequence[Outcome]) -> None:
    for name, number in Counter(map(_name, outcomes)).items():
        count_documents(service, name, number)


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Receipt):
        return "repeated" if outcome.repeated else "lodged"
    return "refused" if isinstance(outcome, Refused) else "problem"
