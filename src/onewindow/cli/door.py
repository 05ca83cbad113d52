"""The machine door as a client sees it: one connection, a key, and patience where the server asks for it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

API = "/api/v1"
PATIENCE_S = 60.0
TIMEOUT_S = 120.0
TRY_AGAIN = frozenset({429, 503})


class DoorClosed(Exception):
    """The server cannot be reached, or keeps answering that it cannot take anything now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; an empty object when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class Door:
    """Calls below `/api/v1` with one key. Repeats what was not answered: every changing call carries its own key."""

    def __init__(self, url: str, key: str, *, patience_s: float = PATIENCE_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DoorClosed(f"{url!r} is not an address; write it as http://127.0.0.1:8000")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._prefix = parts.path.rstrip("/") + API
        self._headers = {"Authorization": f"Bearer {key}"}
        self._patience_s = patience_s
        self.url = url

    def get(self, path: str) -> Answer:
        """GET `path`."""
        return self._call("GET", path, None, {})

    def post(self, path: str, body: bytes, *, media: str, key: str, headers: Mapping[str, str] | None = None) -> Answer:
        """POST `body` under the idempotency key `key`."""
        return self._call("POST", path, body, {"Content-Type": media, "Idempotency-Key": key, **(headers or {})})

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        until = time.monotonic() + self._patience_s
        pause_s, reason = 0.2, ""
        while True:
            try:
                answer = self._once(method, path, body, headers)
                if answer.status not in TRY_AGAIN:
                    return answer
                reason = f"answers {answer.status}"
                pause_s = _retry_after_s(answer, pause_s)
            except (OSError, HTTPException) as error:
                self._connection.close()
                reason = str(error) or type(error).__name__
            if time.monotonic() + pause_s > until:
                raise DoorClosed(f"{self.url} does not take documents now: {reason}. Try again later.")
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 5.0)

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, self._prefix + path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        return Answer(response.status, {key.lower(): value for key, value in response.getheaders()}, response.read())


def _retry_after_s(answer: Answer, otherwise_s: float) -> float:
    written = answer.headers.get("retry-after", "")
    return min(float(written), 30.0) if written.isdigit() else otherwise_s
