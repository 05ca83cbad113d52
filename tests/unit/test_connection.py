"""What a client may ask of a connection's patience and memory: raw bytes against a server of uvicorn's on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from uvicorn import Config, Server

from onewindow.api import connection
from onewindow.api.exchange import Receive, Scope, Send

WAIT_S = 5.0
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def say_how_much(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the number of bytes of the body."""
    del scope
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    answer = str(size).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    config = Config(
        say_how_much, http=connection.Connection, loop="uvloop", lifespan="off", log_config=None, timeout_keep_alive=30
    )
    server = Server(config)
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        thread = threading.Thread(target=lambda: server.run(sockets=[door]))
        thread.start()
        yield door.getsockname()
        server.should_exit = True
        thread.join()


@contextmanager
def client(address: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(address, timeout=WAIT_S) as made:
        yield made


def answer_to(address: tuple[str, int], *pieces: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    with client(address) as made:
        for piece in pieces:
            made.sendall(piece)
        made.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: made.recv(65536), b""))


def hung_up_on(address: tuple[str, int], said: bytes) -> bool:
    """Whether the server ends a connection on which nothing follows `said`, within WAIT_S."""
    with client(address) as made:
        try:
            made.sendall(said)
            while made.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True


def test_calls_one_after_the_other_are_answered_on_one_connection(address: tuple[str, int]) -> None:
    with client(address) as made:
        for size in (0, 1, 200_000):
            made.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
            assert made.recv(65536).endswith(b"\r\n\r\n%d" % size)


def test_calls_sent_at_once_are_answered_in_their_order(address: tuple[str, int]) -> None:
    calls = b"".join(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size for size in (3, 4, 5))
    with client(address) as made:
        made.sendall(calls)
        received = b""
        while received.count(b"HTTP/1.1 200") < 3 or not received.endswith(b"5"):
            received += made.recv(65536)
    assert [received.find(b"\r\n\r\n%d" % size) for size in (3, 4, 5)] == sorted(
        received.find(b"\r\n\r\n%d" % size) for size in (3, 4, 5)
    )


def test_a_large_body_is_no_large_head(address: tuple[str, int]) -> None:
    size = 40 * connection.FRAMING_MOST
    assert answer_to(address, HEAD + b"Content-Length: %d\r\n\r\n" % size, b"x" * size).endswith(b"%d" % size)
    pieces = [b"10000\r\n" + b"x" * 0x10000 + b"\r\n"] * 40
    assert answer_to(address, CHUNKED, *pieces, b"0\r\n\r\n").endswith(b"%d" % size)


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(address: tuple[str, int]) -> None:
    with client(address) as made:
        made.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert made.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        made.sendall(b"xyz")
        assert made.recv(65536).endswith(b"\r\n\r\n3")


def test_an_upgrade_nobody_offers_is_passed_over(address: tuple[str, int]) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    with client(address) as made:
        for _ in range(2):
            made.sendall(HEAD + offer + b"Content-Length: 2\r\n\r\nxx")
            assert made.recv(65536).endswith(b"\r\n\r\n2")


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 300_000,
        HEAD + b"X-Long: " + b"a" * 300_000,
        HEAD + b"X-Many: 1\r\n" * 30_000 + b"\r\n",
        CHUNKED + b"1;" + b"a" * 300_000,
        CHUNKED + b"0\r\n" + b"X-Trailer: 1\r\n" * 30_000,
    ],
    ids=["address", "header", "headers", "chunk extension", "trailers"],
)
def test_framing_without_end_is_hung_up_on_at_once(address: tuple[str, int], endless: bytes) -> None:
    assert hung_up_on(address, endless)


@pytest.mark.parametrize(
    "said",
    [b"", b"P", HEAD, HEAD + b"Content-Length: 9\r\n\r\n", HEAD + b"Content-Length: 9\r\n\r\nxx", CHUNKED + b"1\r\nx"],
    ids=["nothing", "one letter", "half a head", "no body", "half a body", "half a stream"],
)
def test_a_client_that_pauses_too_long_within_a_call_is_hung_up_on(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(connection, "PATIENCE_S", 0.2)
    assert hung_up_on(address, said)


def test_a_connection_may_rest_between_calls(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE_S", 0.2)
    with client(address) as made:
        for _ in range(2):
            made.sendall(HEAD + b"Content-Length: 1\r\n\r\nx")
            assert made.recv(65536).endswith(b"\r\n\r\n1")
            threading.Event().wait(0.6)


def test_a_server_that_is_slow_itself_loses_no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE_S", 0.2)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.8)
        await say_how_much(scope, receive, send)

    server = Server(Config(slow, http=connection.Connection, loop="uvloop", lifespan="off", log_config=None))
    size = 8 * 1024 * 1024
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        thread = threading.Thread(target=lambda: server.run(sockets=[door]))
        thread.start()
        answer = answer_to(door.getsockname(), HEAD + b"Content-Length: %d\r\n\r\n" % size, b"x" * size)
        server.should_exit = True
        thread.join()
    assert answer.endswith(b"%d" % size)
