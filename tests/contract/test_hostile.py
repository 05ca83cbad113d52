"""Hostile input at two doors, lodging and an ordinary call: a clear refusal, nothing kept, and the server lives on."""

from __future__ import annotations

import json

import httpx
import pytest

from contract.door import SERVICE, Door, key

DOORS = (f"/services/{SERVICE}/submissions", "/submissions/AAAA-AAAA-AAAA/replies", "/webhooks")
DEEP = b"[" * 100_000 + b"]" * 100_000
JSON_BODIES = {
    "empty": b"",
    "blank": b" \n\t ",
    "cut off": b'{"reference":',
    "no JSON": b"reference=1&goods=2",
    "not an object": b"[]",
    "a bare number": b"1",
    "deep list": DEEP,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "never closed": b"[" * 1_000_000,
    "duplicate name": b'{"reference":"A","reference":"B"}',
    "duplicate in escapes": b'{"a":1,"\\u0061":2}',
    "NaN": b'{"reference":NaN}',
    "Infinity": b'{"reference":-Infinity}',
    "huge integer": b'{"reference":' + b"9" * 100_000 + b"}",
    "huge exponent": b'{"reference":1e999999999}',
    "lone surrogate": b'{"reference":"\\ud800"}',
    "encoded surrogate": b'{"reference":"\xed\xa0\x80"}',
    "NUL escaped": b'{"reference":"A\\u0000B"}',
    "NUL raw": b'{"reference":"A\x00B"}',
    "control character": b'{"reference":"A\x01B"}',
    "not UTF-8": b'{"reference":"\xff"}',
    "UTF-16": '{"reference":"A"}'.encode("utf-16"),
    "UTF-32": '{"reference":"A"}'.encode("utf-32"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "trailing bytes": b"{} {}",
    "trailing comma": b'{"reference":"A",}',
    "comment": b"{/* */}",
    "wrong types": b'{"reference":{"a":[1]},"goods":"tea","importer":[7],"url":7,"words":9}',
    "many unknown names": json.dumps({f"n{number}": number for number in range(20_000)}).encode(),
    "formula": b'{"reference":"=HYPERLINK(\\"http://x\\")","goods":[{"description":"@SUM(A1)"}]}',
    "prototype": b'{"__proto__":{"admin":true},"constructor":1,"__class__":"x"}',
    "long text": b'{"reference":"' + b"A" * 2_000_000 + b'"}',
    "quotes without end": b'{"a":"' + b'\\"' * 500_000,
}
BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
XML_BODIES = {
    "empty": b"",
    "no XML": b"{}",
    "cut off": b"<Declaration><TypeCode>",
    "document type": b"<!DOCTYPE Declaration><Declaration/>",
    "entity bomb": BOMB + b"<Declaration><TypeCode>&c;</TypeCode></Declaration>",
    "external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Declaration>&x;</Declaration>',
    "hidden document type": b"<?xml version='1.0'?><!-- --><!DOCTYPE d SYSTEM 'http://127.0.0.1:1/x'><Declaration/>",
    "unknown entity": b"<Declaration>&nbsp;</Declaration>",
    "deep": b"<a>" * 200 + b"</a>" * 200,
    "very deep": b"<Declaration>" + b"<a>" * 100_000,
    "other root": b"<Response/>",
    "UTF-16": "<Declaration/>".encode("utf-16"),
    "wrong encoding named": b"<?xml version='1.0' encoding='big5'?><Declaration/>",
    "not UTF-8": b"<Declaration>\xff</Declaration>",
    "NUL": b"<Declaration>\x00</Declaration>",
    "stylesheet": b"<?xml-stylesheet href='http://x'?><Declaration/>",
    "inclusion": b"<Declaration xmlns:x='http://www.w3.org/2001/XInclude'><x:include href='/etc/hosts'/></Declaration>",
    "a million attributes": b"<Declaration " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/>",
    "many elements": b"<Declaration>" + b"<Shoe/>" * 200_000 + b"</Declaration>",
}


@pytest.mark.parametrize("place", DOORS)
@pytest.mark.parametrize("body", JSON_BODIES.values(), ids=JSON_BODIES)
def test_hostile_json_is_refused_and_nothing_is_kept(door: Door, place: str, body: bytes) -> None:
    kept = door.submissions_kept()
    with door.client() as client:
        answer = client.post(place, content=body, headers={**key(), "Content-Type": "application/json"})
    _refused(answer)
    assert door.submissions_kept() == kept


@pytest.mark.parametrize("place", [f"/services/{SERVICE}/submissions", f"/services/{SERVICE}/checks"])
@pytest.mark.parametrize("body", XML_BODIES.values(), ids=XML_BODIES)
def test_hostile_xml_is_refused_and_nothing_is_kept(door: Door, place: str, body: bytes) -> None:
    kept = door.submissions_kept()
    with door.client() as client:
        answer = client.post(place, content=body, headers={**key(), "Content-Type": "application/xml"})
    if answer.status_code == 200:
        assert answer.json()["accepted"] is False
    else:
        _refused(answer)
    assert b"root:" not in answer.content
    assert door.submissions_kept() == kept


def _refused(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"]
    assert body["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/../../etc/passwd",
        "/api/v1/services/%2e%2e/schema",
        "/api/v1/services/..%2f..%2fetc/schema",
        "/api/v1/services/import-declaration%00/schema",
        "/api/v1//services",
        "/api/v1/services/",
        "/api/v1/services/%ff/schema",
        "/api/v1/services/%zz/schema",
        "/api/v1/services/" + "a" * 5_000,
        "/api/v1/submissions/'%20OR%201=1--",
        "/api/v1/tasks/1.2.3/claim/extra",
        "/api/v1/submissions/{reference}",
        "/api",
        "/api/v2/services",
    ],
)
def test_tricks_with_paths_lead_nowhere(door: Door, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {door.keys['trader']}\r\n\r\n"
    status, answer = door.raw(head.encode())
    assert status in (400, 404, 405), answer[:300]
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/services HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 2_000_000 + b"\r\n\r\n",
        b"GET /api/v1/services HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n",
        b"GET /api/v1/services HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/v1/webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /api/v1/webhooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["long header", "many headers", "bytes in key", "long path", "length", "lengths", "chunks", "no HTTP", "TLS"],
)
def test_broken_http_is_refused_or_hung_up_on(door: Door, head: bytes) -> None:
    try:
        status, answer = door.raw(head)
    except (ConnectionResetError, BrokenPipeError, TimeoutError):
        status, answer = 0, b""
    assert status == 0 or 400 <= status < 500, answer[:300]
    with httpx.Client(base_url=door.url) as anybody:
        assert anybody.get("/health/ready").status_code == 200


@pytest.mark.parametrize("name", ["a" * 201, "tab\there", "中"])
def test_an_idempotency_key_is_short_and_plain(door: Door, name: str) -> None:
    headers = {b"Idempotency-Key": name.encode(), b"Content-Type": b"application/json"}
    with door.client() as client:
        answer = client.post(f"/services/{SERVICE}/submissions", content=b"{}", headers=headers)
    assert answer.status_code == 400


def test_memory_stays_flat_under_large_bodies(door: Door) -> None:
    before = _resident_kib(door)
    for _ in range(3):
        with door.client() as client:
            body = (b" " * 1_000_000 for _ in range(150))
            answer = client.post(DOORS[0], content=body, headers={**key(), "Content-Type": "application/json"})
            assert answer.status_code == 413
    assert _resident_kib(door) - before < 120_000


def _resident_kib(door: Door) -> int:
    """Memory of the server's processes together, those that listen on the door's port and their children."""
    import psutil

    listening = {
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.laddr and connection.laddr.port == door.port and connection.status == "LISTEN"
    }
    return sum(psutil.Process(pid).memory_info().rss for pid in listening if pid) // 1024
