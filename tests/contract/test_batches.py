"""Batches over HTTP: a line a document, in and out, in order, each durable before its receipt."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx

from contract.door import SERVICE, Door, as_line, key, problem

BATCH = f"/services/{SERVICE}/batches"
MEDIA = {"Content-Type": "application/x-ndjson"}


def send(door: Door, body: bytes, headers: dict[str, str], who: str = "trader") -> list[dict[str, Any]]:
    with door.client(who) as client:
        answer = client.post(BATCH, content=body, headers={**MEDIA, **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def fresh(door: Door, many: int) -> list[bytes]:
    example = door.example()
    return [as_line(example | {"reference": f"{example['reference'][:20]}-{number}"}) for number in range(many)]


def test_each_line_gets_its_receipt_in_order(door: Door) -> None:
    lines = fresh(door, 450)
    answers = send(door, b"".join(lines), key())
    assert [answer["index"] for answer in answers] == list(range(450))
    digests = [answer["receipt"]["digest"] for answer in answers]
    assert digests == [sha256(line.strip()).hexdigest() for line in lines]
    assert len({answer["receipt"]["reference"] for answer in answers}) == 450


def test_one_bad_line_never_stops_the_others(door: Door) -> None:
    good = fresh(door, 3)
    refused = as_line(door.example() | {"shoe": 1})
    bad = [b"{not json\n", b"\n", b'{"a":1,"a":2}\n', b"\xff\n", b"[" * 70 + b"]" * 70 + b"\n"]
    answers = send(door, b"".join([good[0], bad[0], good[1], refused, *bad[1:], good[2].strip()]), key())
    shapes = [next(name for name in answer if name != "index") for answer in answers]
    assert shapes == ["receipt", "problem", "receipt", "findings", *["problem"] * 4, "receipt"]
    assert {answer["problem"]["code"] for answer in answers if "problem" in answer} == {"malformed"}
    assert answers[3]["findings"][0]["pointer"] == "/shoe"


def test_a_batch_sent_again_is_answered_the_same(door: Door) -> None:
    lines, headers = fresh(door, 5), key()
    assert send(door, b"".join(lines), headers) == send(door, b"".join(lines), headers)


def test_line_i_has_the_key_and_its_number(door: Door) -> None:
    lines, headers = fresh(door, 2), key()
    answers = send(door, b"".join(lines), headers)
    single = {**headers, "Idempotency-Key": f"{headers['Idempotency-Key']}/1", "Content-Type": "application/json"}
    with door.client() as client:
        again = client.post(f"/services/{SERVICE}/submissions", content=lines[1].strip(), headers=single)
    assert again.status_code == 200
    assert again.json() == answers[1]["receipt"]


def test_lines_over_ten_thousand_are_answered_but_not_lodged(door: Door) -> None:
    answers = send(door, b"\n" * 10_002, key())
    assert len(answers) == 10_002
    assert "empty" in answers[9_999]["problem"]["detail"]
    assert "10000" in answers[10_000]["problem"]["detail"]


def test_answers_come_while_the_batch_is_still_being_sent(door: Door) -> None:
    first, second = fresh(door, 250), fresh(door, 1)
    with socket.create_connection((door.host, door.port), timeout=30) as connection:
        connection.sendall(_head(door) + b"".join(map(_chunk, first)))
        early = _until(connection, b'"index":199')
        connection.sendall(_chunk(second[0]) + b"0\r\n\r\n")
        late = _until(connection, b'"index":250')
    assert b"200 OK" in early
    assert b'"index":250' not in early
    assert b"receipt" in late


def test_a_client_that_reads_only_when_all_is_sent_is_not_deadlocked(door: Door) -> None:
    body = b'{"shoe":"' + b"x" * 20_000 + b'"}\n'
    with socket.create_connection((door.host, door.port), timeout=60) as connection:
        connection.sendall(_head(door))
        for _ in range(99):
            connection.sendall(_chunk(body * 10))
        connection.sendall(b"0\r\n\r\n")
        answer = _until(connection, b'"index":989')
    assert b"findings" in answer


def test_an_empty_batch_is_malformed_and_an_unknown_service_not_found(door: Door) -> None:
    with door.client() as client:
        problem(client.post(BATCH, content=b"", headers={**MEDIA, **key()}), 400, "malformed")
        answer = client.post("/services/no-such/batches", content=b"{}\n", headers={**MEDIA, **key()})
        problem(answer, 404, "unknown_service")


def test_a_batch_that_says_it_is_too_large_is_refused_unread(door: Door) -> None:
    body = b" " * (64 * 1024 * 1024 + 1)
    with door.client() as client:
        problem(client.post(BATCH, content=body, headers={**MEDIA, **key()}), 413, "too_large")


def test_a_batch_in_pieces_that_grows_too_large_ends_with_a_problem(door: Door) -> None:
    def pieces() -> Iterator[bytes]:
        yield fresh(door, 1)[0]
        for _ in range(66):
            yield b" " * 1024 * 1024

    with door.client() as client:
        answer = client.post(BATCH, content=pieces(), headers={**MEDIA, **key()})
    assert _last_code(answer) == "too_large"


def test_without_a_key_a_growing_batch_is_refused_in_order(door: Door) -> None:
    def pieces(many: int) -> Iterator[bytes]:
        for _ in range(many):
            yield b"{}\n" * 100_000

    with door.client("") as client:
        problem(client.post(BATCH, content=pieces(3), headers={**MEDIA, **key()}), 401, "key_required")
        problem(client.post(BATCH, content=pieces(240), headers={**MEDIA, **key()}), 413, "too_large")


def _last_code(answer: httpx.Response) -> str:
    """The code of the refusal, or of the last line's problem when the answer had begun."""
    last = json.loads(answer.text.splitlines()[-1])
    code: str = last["problem"]["code"] if "problem" in last else last["code"]
    return code


def _head(door: Door) -> bytes:
    lines = [
        f"POST /api/v1{BATCH} HTTP/1.1",
        f"Host: {door.host}",
        f"Authorization: Bearer {door.keys['trader']}",
        "Content-Type: application/x-ndjson",
        f"Idempotency-Key: {key()['Idempotency-Key']}",
        "Transfer-Encoding: chunked",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _until(connection: socket.socket, mark: bytes) -> bytes:
    """Everything up to the piece that holds `mark`."""
    answer = bytearray()
    while mark not in answer[-400_000:]:
        piece = connection.recv(65536)
        assert piece, answer[-300:]
        answer += piece
    return bytes(answer)
