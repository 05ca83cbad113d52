"""Who may call what: every kind of key on every operation, with an object of its own and with a stranger's.

An operation that is not in the table fails; so does a row for an operation that is gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract import door as machine
from onewindow.api.operations import OPERATIONS
from onewindow.storage.embedded import ServerAddress
from servers import folder_for_servers

KEYS = ("nobody", "trader", "other", "reader", "officer", "stranger")
SAME = "same for all others"
NONE = "01a20000-0000-7000-8000-000000000000"

OPEN = {SAME: 200}
KEYED = {"nobody": 401, SAME: 200}
OWN = {"nobody": 401, "trader": 200, "reader": 200, "officer": 200, SAME: 404}
"""What belongs to a submission: its lodger and the agency that works on it see it, for others it does not exist."""

MATRIX: dict[str, tuple[Any, dict[str, int]]] = {
    # operation: (body, status by key; SAME for those not named)
    "listServices": (None, KEYED),
    "showService": (None, KEYED),
    "showSchema": (None, KEYED),
    "showExample": (None, KEYED),
    "checkDocument": ({}, KEYED),
    "lodgeDocument": ({}, {"nobody": 401, "trader": 422, "other": 422, SAME: 403}),
    "lodgeBatch": (b"{}\n", {"nobody": 401, "trader": 200, "other": 200, SAME: 403}),
    "uploadAttachment": (b"%PDF-1.7 x", {"nobody": 401, "reader": 403, SAME: 201}),
    "showAttachment": (None, {"nobody": 401, SAME: 404}),
    "listSubmissions": (None, KEYED),
    "showSubmission": (None, OWN),
    "amendSubmission": ({}, {"nobody": 401, "trader": 422, "reader": 403, "officer": 422, SAME: 404}),
    "withdrawSubmission": ({}, {"nobody": 401, "trader": 422, "reader": 403, "officer": 422, SAME: 404}),
    "replyToQuery": ({}, {"nobody": 401, "trader": 422, "reader": 403, "officer": 422, SAME: 404}),
    "actOnSubmission": ({}, {"nobody": 401, "trader": 422, "reader": 403, "officer": 422, SAME: 404}),
    "showDocument": (None, OWN),
    "listEvents": (None, OWN),
    "listIssued": (None, OWN),
    "showIssued": (None, {"nobody": 401, SAME: 404}),
    "findIssued": (None, {"nobody": 401, SAME: 404}),
    "listNotifications": (None, KEYED),
    "listWebhooks": (None, {"nobody": 401, "reader": 403, SAME: 200}),
    "subscribeWebhook": ({"url": "nowhere"}, {"nobody": 401, "reader": 403, SAME: 400}),
    "testWebhook": ({}, {"nobody": 401, "reader": 403, SAME: 404}),
    "replayWebhook": ({}, {"nobody": 401, "reader": 403, SAME: 404}),
    # Removing what is not there changes nothing and tells nothing.
    "removeWebhook": (None, {"nobody": 401, "reader": 403, SAME: 204}),
    "listTasks": (None, {"nobody": 401, "officer": 200, "stranger": 200, SAME: 403}),
    "actOnTask": ({}, {"nobody": 401, "trader": 422, "reader": 403, "officer": 422, SAME: 404}),
    "showOpenapi": (None, OPEN),
    "showLive": (None, OPEN),
    "showReady": (None, OPEN),
    "showMetrics": (None, {"nobody": 401, SAME: 403}),
}


@pytest.fixture(scope="module")
def door(postgres: ServerAddress) -> Iterator[machine.Door]:
    """A server of this module's own."""
    with folder_for_servers() as folder, machine.running(postgres, folder) as found:
        yield found


@pytest.fixture(scope="module")
def places(door: machine.Door) -> dict[str, str]:
    """A trader's submission and the officer's task for it."""
    reference = door.lodge()["reference"]
    until = time.monotonic() + 20
    with door.client("officer") as officer:
        while time.monotonic() < until:
            tasks = officer.get("/tasks").json()
            found = [task["id"] for task in tasks["tasks"] if task["reference"] == reference]
            if found:
                break
            time.sleep(0.2)
    return {
        "service": machine.SERVICE,
        "reference": reference,
        "task": found[0],
        "action": "query",
        "attachment": NONE,
        "webhook": NONE,
        "number": "IL-" + reference,
    }


def test_every_operation_is_in_the_matrix_and_the_matrix_has_no_other() -> None:
    assert {operation.name for operation in OPERATIONS} == set(MATRIX)


@pytest.mark.parametrize("who", KEYS)
def test_each_key_gets_of_each_operation_what_it_may(who: str, door: machine.Door, places: dict[str, str]) -> None:
    wrong = []
    with door.client("" if who == "nobody" else who) as client:
        for operation in OPERATIONS:
            body, statuses = MATRIX[operation.name]
            expected = statuses.get(who, statuses.get(SAME))
            action = {"action": "withdraw"} if operation.name == "actOnSubmission" else {}
            answer = _call(client, door, operation, operation.path.format(**{**places, **action}), body)
            if answer.status_code != expected:
                wrong.append(f"{operation.name}: {answer.status_code}, not {expected}: {answer.text[:160]}")
    assert not wrong, "\n".join(wrong)


def _call(client: httpx.Client, door: machine.Door, operation: Any, path: str, body: Any) -> httpx.Response:
    headers = machine.key() | ({"If-Match": '"1"'} if operation.method == "PUT" else {})
    if body is not None:
        headers["Content-Type"] = operation.takes[0]
    content = body if isinstance(body, bytes) else None
    json = body if content is None else None
    return client.request(operation.method, door.url + path, headers=headers, content=content, json=json)
