"""In which order a call is refused: 413, 401, 403, 429, 415, 400, 404, 422; and what never happens: 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contract import door as machine
from contract.door import SERVICE, Door, key, problem
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

LODGE = f"/api/v1/services/{SERVICE}/submissions"
UNKNOWN = "/api/v1/services/no-such/submissions"
LARGE = b" " * (8 * 1024 * 1024 + 1)
JSON = {"Content-Type": "application/json"}
MALFORMED = b'{"a":1,"a":2}'


def post(door: Door, path: str, body: bytes | Iterator[bytes], who: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if who:
        named["Authorization"] = f"Bearer {door.keys.get(who, who)}"
    return httpx.post(door.url + path, content=body, headers=named, timeout=60)


def test_each_fault_hides_those_that_come_after_it(door: Door) -> None:
    """One call with every fault at once; each step mends the first."""
    problem(post(door, UNKNOWN, LARGE), 413, "too_large")
    problem(post(door, UNKNOWN, MALFORMED), 401, "key_required")
    problem(post(door, UNKNOWN, MALFORMED, "no-such-key"), 401, "key_unknown")
    problem(post(door, UNKNOWN, MALFORMED, "revoked"), 401, "key_unknown")
    problem(post(door, UNKNOWN, MALFORMED, "reader", Content_Type="text/html"), 403, "scope_missing")
    problem(post(door, UNKNOWN, MALFORMED, "trader", Content_Type="text/html"), 415, "unsupported_media_type")
    problem(post(door, UNKNOWN, MALFORMED, "trader", **JSON), 400, "idempotency_key_required")
    problem(post(door, UNKNOWN, MALFORMED, "trader", **JSON, **key()), 400, "malformed")
    problem(post(door, UNKNOWN, b"", "trader", **JSON, **key()), 400, "malformed")
    problem(post(door, UNKNOWN, b"{}", "trader", **JSON, **key()), 404, "unknown_service")
    problem(post(door, LODGE, b"{}", "trader", **JSON, **key()), 422, "document_refused")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {},
    ],
)
def test_what_is_not_plain_utf8_json_or_xml_is_another_type(door: Door, headers: dict[str, str]) -> None:
    problem(post(door, LODGE, b"{}", "trader", **headers, **key()), 415, "unsupported_media_type")


def test_a_body_in_pieces_is_refused_as_soon_as_it_is_too_large(door: Door) -> None:
    pieces = (b" " * 1_000_000 for _ in range(9))
    problem(post(door, LODGE, pieces, "trader", **JSON, **key()), 413, "too_large")


@pytest.mark.parametrize("written", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer " + "x" * 5_000, "ow_plain"])
def test_an_authorization_that_is_no_bearer_key_is_refused(door: Door, written: str) -> None:
    answer = httpx.get(f"{door.url}/api/v1/services", headers={"Authorization": written})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", LODGE, "OPTIONS, POST"),
        ("GET", LODGE, "OPTIONS, POST"),
        ("POST", "/api/v1/services", "GET, HEAD, OPTIONS"),
        ("PATCH", "/api/v1/submissions/AAAA-BBBB-CCCC", "GET, HEAD, OPTIONS, PUT"),
        ("PROPFIND", "/health/live", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_refused_with_those_allowed(door: Door, method: str, path: str, allow: str) -> None:
    headers = {"Authorization": f"Bearer {door.keys['trader']}"}
    answer = httpx.request(method, door.url + path, headers=headers)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allow
    assert httpx.options(door.url + path).headers["allow"] == allow


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"BREW /health/live HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"),
        (b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000, 431, "too_large"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431, "too_large"),
    ],
    ids=["no known method", "a tunnel", "a head without end", "a long head"],
)
def test_what_is_no_call_is_told_so(door: Door, head: bytes, status: int, code: str) -> None:
    seen, answer = door.raw(head)
    top, _, body = answer.partition(b"\r\n\r\n")
    assert seen == status
    assert b"content-type: application/problem+json" in top
    assert json.loads(body)["code"] == code
    assert json.loads(body)["request_id"].encode() in top


def test_head_is_get_without_its_body(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.keys['trader']}"}
    whole = httpx.get(f"{door.url}/api/v1/services", headers=headers)
    head = httpx.head(f"{door.url}/api/v1/services", headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


def test_no_foreign_page_is_let_in(door: Door) -> None:
    answer = httpx.get(f"{door.url}/health/live", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=-1", "shoe=1", "after=1&after=2", "state=%ff", "state=%00"]
)
def test_a_query_that_makes_no_sense_is_refused(door: Door, query: str) -> None:
    headers = {"Authorization": f"Bearer {door.keys['trader']}"}
    problem(httpx.get(f"{door.url}/api/v1/submissions?{query}", headers=headers), 400, "bad_parameter")


def test_a_key_that_calls_too_often_waits(postgres: ServerAddress) -> None:
    with (
        folder_for_servers() as folder,
        machine.running(postgres, Path(folder), API_RATE="2", WORKERS="1") as slow,
        slow.client() as client,
    ):
        answers = [client.get("/services/no-such") for _ in range(8)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        problem(refused[0], 429, "too_many_requests")
        assert int(refused[0].headers["retry-after"]) >= 1
