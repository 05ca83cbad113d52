"""The thin ASGI shell in front of everything: it gives each call an id, answers the machine's and measures them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Final, cast

import structlog

from onewindow.api.exchange import Application, Message, Receive, Reply, Request, Scope, Send
from onewindow.api.gate import Gate, refuse_large
from onewindow.api.intake import ClientGone
from onewindow.api.metrics import count_answer
from onewindow.api.operation import Operation
from onewindow.api.problem import MEDIA, Problem, malformed, problem_of
from onewindow.api.router import Router
from onewindow.bootstrap import Platform

_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_OURS: Final = ("/api/", "/health/", "/metrics", "/openapi.json")
_STRAY_BODY_MOST: Final = 1024 * 1024
_USE_CASES_AT_ONCE: Final = 16
_THREADS: Final = 40
"""More than the use cases may take, some of which wait a second: a key is looked up without standing behind them."""
_log = structlog.get_logger("onewindow.api")


class Shell:
    """Machine calls are answered here; everything else goes to `pages` with its id."""

    def __init__(self, platform: Platform, router: Router, pages: Application, *, calls_per_second: float) -> None:
        self._platform = platform
        self._router = router
        self._pages = pages
        self._gate = Gate(lambda digest: platform.accounts.actor_of_key(digest), calls_per_second)
        self._threads = asyncio.Semaphore(_USE_CASES_AT_ONCE)
        prefix = token_hex(6)
        self._ids = (f"{prefix}{number:08x}" for number in count(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "http" and scope["path"].startswith(_OURS):
            await self._answer(scope, receive, send)
        elif scope["type"] == "http":
            request_id = next(self._ids).encode()
            await self._pages(_with_id(scope, request_id), receive, _showing_id(send, request_id))
        elif scope["type"] == "lifespan":
            await _live(self._platform, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        request_id = next(self._ids)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operations, parameters = self._router.find(scope["path"])
        operation = operations.get(method)
        name = operation.name if operation else "none"
        try:
            if operation is None:
                answer = await self._astray(scope, receive, operations)
            else:
                request = _request(scope, request_id, operation, parameters, self._platform)
                await self._gate.admit(request, receive)
                answer = await self._run(request)
        except ClientGone:
            # Mostly nobody hears this; but broken chunks end a body just so, while the client still listens.
            answer = _failure(malformed("it broke off before its end; send it again"), request_id, name)
        except Exception as error:
            answer = _failure(error, request_id, name)
        await _send(send, answer, request_id, with_body=scope["method"] != "HEAD")
        count_answer(name, answer.status, perf_counter() - started)

    async def _run(self, request: Request) -> Reply:
        handler = request.operation.handler
        if request.operation.on_loop:
            return await cast("Awaitable[Reply]", handler(request))
        async with self._threads:
            return await asyncio.to_thread(cast("Callable[[Request], Reply]", handler), request)

    async def _astray(self, scope: Scope, receive: Receive, operations: Mapping[str, Operation]) -> Reply:
        """A call that is in no table: its method is wrong, or its address."""
        methods = {*operations, "OPTIONS"} | ({"HEAD"} if "GET" in operations else set())
        allow = ((b"allow", ", ".join(sorted(methods)).encode()),)
        if operations and scope["method"] == "OPTIONS":
            return Reply(204, headers=allow)
        headers = dict(scope["headers"])
        await refuse_large(headers, receive, _STRAY_BODY_MOST)
        if any(operation.scope is not None for operation in operations.values()) or not operations:
            await self._gate.actor(headers)
        if operations:
            words = f"This address does not take {scope['method'][:20]}. It takes {allow[0][1].decode()}."
            raise Problem(405, "method_not_allowed", words, headers=allow)
        raise Problem(404, "not_found", "There is nothing at this address. GET /api/v1/openapi.json lists every call.")


def _request(
    scope: Scope, request_id: str, operation: Operation, parameters: Mapping[str, str], platform: Platform
) -> Request:
    return Request(
        id=request_id,
        method=scope["method"],
        path=scope["path"],
        query_string=scope["query_string"],
        headers=dict(scope["headers"]),
        operation=operation,
        parameters=parameters,
        platform=platform,
    )


def _failure(error: Exception, request_id: str, name: str) -> Reply:
    known = problem_of(error)
    if known is None:
        _log.error("api.bug", request_id=request_id, operation=name, exc_info=error)
        words = "Something on our side went wrong; nothing was kept. Tell us the request_id and try again later."
        known = Problem(500, "internal", words)
    elif known.status >= 500:
        _log.warning("api.unavailable", request_id=request_id, operation=name, code=known.code, detail=known.detail)
    return Reply(known.status, known.body(request_id), MEDIA, known.headers)


async def _send(send: Send, answer: Reply, request_id: str, *, with_body: bool) -> None:
    headers = [
        (b"content-type", answer.media),
        (b"x-request-id", request_id.encode()),
        *_HEADERS,
        *answer.headers,
    ]
    if answer.stream is None:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.stream is not None and with_body:
        async for piece in answer.stream:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def _with_id(scope: Scope, request_id: bytes) -> Scope:
    """The pages read the id from the headers; one that came from outside is not believed."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"x-request-id"]
    return {**scope, "headers": [*headers, (b"x-request-id", request_id)]}


def _showing_id(send: Send, request_id: bytes) -> Send:
    async def send_with_id(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", request_id)]}
        await send(message)

    return send_with_id


async def _live(platform: Platform, receive: Receive, send: Send) -> None:
    """Make everything ready before the first call, and write what waits before the end."""
    await receive()
    try:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "use-case"))
        await platform.open_journal_here()
        await asyncio.to_thread(_warm, platform)
    except Exception as error:
        _log.exception("api.start")
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(platform.close)
    await send({"type": "lifespan.shutdown.complete"})


def _warm(platform: Platform) -> None:
    platform.registry.compile_all()
    _ = (platform.lodging, platform.checking, platform.desk, platform.accounts, platform.worklist, platform.mailbox)
    # What was made at start lives as long as the server: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
