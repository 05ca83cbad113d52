"""Notices that leave the house: signed, with a stable id, tried out and sent again when their owner asks."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contract.door import Door, key


@dataclass
class Receiver:
    """Somebody's server: what came in, header by header."""

    url: str
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def wait_for(self, kind: str, many: int = 1) -> list[tuple[dict[str, str], bytes]]:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            found = [(headers, body) for headers, body in self.came if json.loads(body)["kind"] == kind]
            if len(found) >= many:
                return found
            time.sleep(0.1)
        raise AssertionError(f"no {kind} among {self.came}")


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/notices"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_webhook_gets_signed_notices_and_gets_them_again(door: Door) -> None:
    with receiver() as there, door.client("other") as client:
        made = client.post("/webhooks", json={"url": there.url}, headers=key()).json()
        assert client.post(f"/webhooks/{made['id']}/test", headers=key()).json() == {"deliveries": 1}
        headers, body = there.wait_for("test")[0]
        assert _is_signed(made["secret"], headers, body)
        reference = door.lodge(who="other")["reference"]
        _query(door, reference)
        headers, body = there.wait_for("query")[0]
        notice = json.loads(body)
        assert _is_signed(made["secret"], headers, body)
        assert notice["reference"] == reference
        listed = client.get("/notifications", params={"after": notice["number"] - 1, "limit": 1}).json()
        assert listed["notifications"] == [notice]
        again = client.post(f"/webhooks/{made['id']}/replay", json={"after": notice["number"] - 1}, headers=key())
        assert again.json()["deliveries"] >= 1
        copies = there.wait_for("query", many=2)
        assert copies[0][1] == copies[1][1]
        client.delete(f"/webhooks/{made['id']}", headers=key())


def _query(door: Door, reference: str) -> None:
    """An officer asks the lodger something."""
    until, tasks = time.monotonic() + 30, []
    with door.client("officer") as officer:
        while not tasks and time.monotonic() < until:
            shown = officer.get(f"/submissions/{reference}").json()
            tasks = [one["task"] for one in shown.get("allowed", []) if one["action"] == "query"]
            time.sleep(0.2)
        service = officer.get("/services/import-declaration").json()
        schema = next(one for one in service["actions"] if one["name"] == "query")["body"]
        leaf = schema["properties"]["reason"]
        reason = (leaf.get("enum") or schema["$defs"][leaf["$ref"].removeprefix("#/$defs/")]["enum"])[0]
        body = {"reason": reason, "words": "Which tea?"}
        asked = officer.post(f"/tasks/{tasks[0]}/query", json=body, headers=key())
    assert asked.status_code == 200, asked.text


def _is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """`Onewindow-Signature: t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.BODY` under the webhook's secret."""
    stated = dict(part.split("=", 1) for part in headers["onewindow-signature"].split(","))
    expected = hmac.new(secret.encode(), stated["t"].encode() + b"." + body, sha256).hexdigest()
    return hmac.compare_digest(stated["v1"], expected) and bool(headers["onewindow-delivery"])
