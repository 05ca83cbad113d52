"""What happens to a submission over HTTP: lists, versions, amendment, withdrawal, replies, events, work lists."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from contract.door import SERVICE, Door, key, problem


def amend(
    client: httpx.Client, reference: str, document: dict[str, Any], version: object, **more: str
) -> httpx.Response:
    headers = {**key(), "If-Match": f'"{version}"', **more}
    return client.put(f"/submissions/{reference}", json=document, headers=headers)


def task_of(door: Door, reference: str) -> str:
    """The submission's open task, once the followers have made it."""
    until = time.monotonic() + 30
    with door.client("officer") as officer:
        while time.monotonic() < until:
            shown = officer.get(f"/submissions/{reference}")
            found = [one["task"] for one in shown.json().get("allowed", []) if one["task"]]
            if found:
                return str(found[0])
            time.sleep(0.2)
    raise AssertionError(f"no task for {reference}")


def listed(door: Door, task: str) -> dict[str, Any]:
    """The task's row of the work list, looked for page after page."""
    after = ""
    with door.client("officer") as officer:
        for _ in range(50):
            page = officer.get("/tasks", params={"service": SERVICE, "limit": 200, "after": after}).json()
            found = [row for row in page["tasks"] if row["id"] == task]
            if found:
                return dict(found[0])
            after = page["after"]
            assert after
    raise AssertionError(f"{task} is not listed")


def act(door: Door, task: str, action: str, who: str = "officer", **body: object) -> httpx.Response:
    with door.client(who) as client:
        return client.post(f"/tasks/{task}/{action}", json=body, headers=key())


def test_a_submission_is_shown_with_its_version_as_etag_and_what_may_be_done(door: Door) -> None:
    receipt = door.lodge()
    with door.client() as client:
        answer = client.get(f"/submissions/{receipt['reference']}")
    assert answer.headers["etag"] == '"1"'
    body = answer.json()
    assert {name: body[name] for name in receipt} == receipt
    assert {one["action"] for one in body["allowed"]} >= {"amend", "withdraw"}


def test_lists_are_narrowed_and_paged(door: Door) -> None:
    receipts = [door.lodge(who="other") for _ in range(5)]
    seen: list[str] = []
    after = ""
    with door.client("other") as client:
        for _ in range(10):
            page = client.get("/submissions", params={"after": after, "limit": 2, "service": SERVICE}).json()
            seen += [row["reference"] for row in page["submissions"]]
            after = page["after"]
            if not after:
                break
        own = client.get(f"/submissions/{receipts[0]['reference']}").json()["sender_reference"]
        one = client.get("/submissions", params={"sender_reference": own}).json()["submissions"]
        none = client.get("/submissions", params={"state": "no-such-state"}).json()["submissions"]
    assert len(seen) == len(set(seen))
    assert {receipt["reference"] for receipt in receipts} <= set(seen)
    assert [row["reference"] for row in one] == [receipts[0]["reference"]]
    assert none == []


@pytest.mark.parametrize("part", ["", "/events", "/document", "/documents"])
def test_anothers_submission_is_not_found(door: Door, part: str) -> None:
    receipt = door.lodge()
    with door.client("other") as client:
        problem(client.get(f"/submissions/{receipt['reference']}{part}"), 404, "not_found")
        problem(client.get(f"/submissions/AAAA-BBBB-CCCC{part}"), 404, "not_found")


def test_an_amendment_makes_the_next_version(door: Door) -> None:
    document = door.example()
    receipt = door.lodge(document)
    changed = document | {"goods": [row | {"description": "Amended tea"} for row in document["goods"]]}
    with door.client() as client:
        answer = amend(client, receipt["reference"], changed, 1)
        assert answer.status_code == 200, answer.text
        assert answer.json()["version"] == 2
        assert answer.headers["etag"] == '"2"'
        latest = client.get(f"/submissions/{receipt['reference']}/document")
        first = client.get(f"/submissions/{receipt['reference']}/document", params={"version": 1})
    assert latest.json() == changed
    assert first.json() == document


def test_an_amendment_without_a_version_or_with_a_stale_one_is_refused(door: Door) -> None:
    document = door.example()
    receipt = door.lodge(document)
    with door.client() as client:
        bare = client.put(f"/submissions/{receipt['reference']}", json=document, headers=key())
        problem(bare, 428, "if_match_required")
        problem(amend(client, receipt["reference"], document, 7), 412, "stale_version")
        problem(amend(client, receipt["reference"], document, "x"), 412, "stale_version")


def test_the_key_is_looked_up_before_the_version(door: Door) -> None:
    document = door.example()
    receipt = door.lodge(document)
    changed = document | {"goods": [row | {"description": "Again"} for row in document["goods"]]}
    same = key()["Idempotency-Key"]
    with door.client() as client:
        first = amend(client, receipt["reference"], changed, 1, **{"Idempotency-Key": same})
        again = amend(client, receipt["reference"], changed, 1, **{"Idempotency-Key": same})
        other = amend(client, receipt["reference"], document, 2, **{"Idempotency-Key": same})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    problem(other, 422, "idempotency_key_reused")


def test_a_refused_amendment_changes_nothing(door: Door) -> None:
    receipt = door.lodge(document := door.example())
    with door.client() as client:
        problem(amend(client, receipt["reference"], document | {"shoe": 1}, 1), 422, "document_refused")
        assert client.get(f"/submissions/{receipt['reference']}").headers["etag"] == '"1"'


def test_amendments_at_once_lose_none_and_leave_no_gap(door: Door) -> None:
    document = door.example()
    receipt = door.lodge(document)

    def change(number: int) -> int:
        body = document | {"goods": [row | {"description": f"Tea {number}"} for row in document["goods"]]}
        with door.client() as client:
            for _ in range(400):
                version = client.get(f"/submissions/{receipt['reference']}").headers["etag"].strip('"')
                answer = amend(client, receipt["reference"], body, version)
                if answer.status_code == 200:
                    return int(answer.json()["version"])
                assert answer.status_code in (412, 503), answer.text
        raise AssertionError("never taken")

    with ThreadPoolExecutor(8) as pool:
        versions = sorted(pool.map(change, range(40)))
    assert versions == list(range(2, 42))


def test_a_withdrawal_ends_the_journey_and_a_second_one_names_what_is_allowed(door: Door) -> None:
    receipt = door.lodge()
    place = f"/submissions/{receipt['reference']}/withdrawal"
    with door.client() as client:
        service = client.get(f"/services/{SERVICE}").json()
        schema = next(one for one in service["actions"] if one["name"] == "withdraw")["body"]
        reason = _codes(schema["properties"]["reason"], schema)[0]
        done = client.post(place, json={"reason": reason}, headers=key())
        assert done.status_code == 200, done.text
        again = problem(client.post(place, json={"reason": reason}, headers=key()), 409, "not_allowed_in_this_state")
        wrong = client.post(place, json={"reason": "no-such-reason"}, headers=key())
    assert again["state"] == done.json()["state"]
    assert isinstance(again["allowed"], list)
    assert wrong.status_code == 422


def _codes(leaf: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    if "$ref" in leaf:
        leaf = schema["$defs"][leaf["$ref"].removeprefix("#/$defs/")]
    return list(leaf["enum"])


def test_a_query_is_asked_answered_and_the_work_goes_on(door: Door) -> None:
    receipt = door.lodge()
    reference = receipt["reference"]
    task = task_of(door, reference)
    assert act(door, task, "claim").status_code == 200
    with door.client() as client:
        service = client.get(f"/services/{SERVICE}").json()
        schema = next(one for one in service["actions"] if one["name"] == "query")["body"]
        reason = _codes(schema["properties"]["reason"], schema)[0]
        asked = act(door, task, "query", reason=reason, words="Which tea is it?")
        assert asked.status_code == 200, asked.text
        assert client.get(f"/submissions/{reference}").json()["state"] == "queried"
        body, headers = {"words": "Oolong."}, key()
        replied = client.post(f"/submissions/{reference}/replies", json=body, headers=headers)
        again = client.post(f"/submissions/{reference}/replies", json=body, headers=headers)
        assert (replied.status_code, again.status_code) == (200, 200), replied.text
        assert again.json() == replied.json()
        kinds = [event["kind"] for event in client.get(f"/submissions/{reference}/events").json()["events"]]
    assert kinds == ["lodged", "claim", "query", "reply"]


def test_events_are_numbered_and_chained(door: Door) -> None:
    receipt = door.lodge()
    with door.client() as client:
        events = client.get(f"/submissions/{receipt['reference']}/events").json()["events"]
    assert [event["seq"] for event in events] == [1]
    assert events[0]["kind"] == "lodged"
    assert len(events[0]["hash"]) == 64


def test_a_work_list_is_for_its_agency_and_an_act_for_those_it_names(door: Door) -> None:
    task = task_of(door, door.lodge()["reference"])
    row = listed(door, task)
    assert (row["service"], row["agency"], row["stage"]) == (SERVICE, "ced", "assessment")
    with door.client() as trader:
        problem(trader.get("/tasks"), 403, "forbidden")
    with door.client("stranger") as stranger:
        assert stranger.get("/tasks").json()["tasks"] == []
    problem(act(door, task, "claim", who="stranger"), 404, "not_found")
    problem(act(door, task, "claim", who="trader"), 403, "forbidden")
    problem(act(door, task, "fly"), 409, "not_allowed_in_this_state")
    problem(act(door, "no-such-task", "claim"), 404, "not_found")


def test_a_document_is_decided_released_and_the_lodger_is_told(door: Door) -> None:
    receipt = door.lodge()
    actions = {"assessment": "accept", "inspection": "inspect", "release": "release"}
    for _ in actions:
        task = task_of(door, receipt["reference"])
        answer = act(door, task, actions[listed(door, task)["stage"]])
        assert answer.status_code == 200, answer.text
        if answer.json()["state"] == "released":
            break
    assert answer.json()["state"] == "released"
    until = time.monotonic() + 20
    with door.client() as client:
        while time.monotonic() < until:
            page = client.get("/notifications", params={"limit": 200}).json()
            while len(page["notifications"]) == 200:
                page = client.get("/notifications", params={"limit": 200, "after": page["after"]}).json()
            if any(one["reference"] == receipt["reference"] for one in page["notifications"]):
                break
            time.sleep(0.3)
        numbers = [one["number"] for one in page["notifications"]]
        later = client.get("/notifications", params={"after": numbers[-1], "limit": 200}).json()
    assert any(one["reference"] == receipt["reference"] for one in page["notifications"])
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(one["number"] > numbers[-1] for one in later["notifications"])


def test_a_file_is_uploaded_into_quarantine(door: Door) -> None:
    headers = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="../bill of lading.pdf"'}
    with door.client() as client:
        once = key()
        first = client.post("/attachments", content=b"%PDF-1.7 x", headers={**headers, **once})
        again = client.post("/attachments", content=b"%PDF-1.7 x", headers={**headers, **once})
        other = client.post("/attachments", content=b"%PDF-1.7 y", headers={**headers, **once})
        false = client.post("/attachments", content=b"<html>", headers={**headers, **key()})
        shown = client.get(f"/attachments/{first.json()['id']}")
        opened = client.get(f"/attachments/{first.json()['id']}", params={"content": "yes"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["name"], first.json()["scan"]) == ("_bill of lading.pdf", "unscanned")
    problem(other, 422, "idempotency_key_reused")
    problem(false, 400, "malformed")
    assert shown.json()["scan"] in ("unscanned", "clean")
    assert opened.status_code in (200, 409)
    with door.client("other") as stranger:
        problem(stranger.get(f"/attachments/{first.json()['id']}"), 404, "not_found")


def test_a_file_may_come_as_a_form(door: Door) -> None:
    with door.client() as client:
        sent = client.post(
            "/attachments", files={"file": ("photo.png", b"\x89PNG\r\n\x1a\n\r\n--x", "image/png")}, headers=key()
        )
        none = client.post("/attachments", files={"a": ("a.png", b"", "image/png"), "b": ("b.png", b"")}, headers=key())
        odd = client.post("/attachments", files={"file": ("a.exe", b"MZ", "application/x-msdownload")}, headers=key())
    assert sent.status_code == 201, sent.text
    assert (sent.json()["name"], sent.json()["media"], sent.json()["size"]) == ("photo.png", "image/png", 13)
    problem(none, 400, "malformed")
    problem(odd, 415, "unsupported_media_type")


def test_a_webhook_is_made_tried_replayed_and_removed(door: Door) -> None:
    with door.client() as client:
        once = key()
        made = client.post("/webhooks", json={"url": "https://example.org/n"}, headers=once)
        again = client.post("/webhooks", json={"url": "https://example.org/n"}, headers=once)
        place = f"/webhooks/{made.json()['id']}"
        listed = client.get("/webhooks").json()["webhooks"]
        tried = client.post(f"{place}/test", headers=key())
        replayed = client.post(f"{place}/replay", json={"after": 0}, headers=key())
        bad = client.post("/webhooks", json={"url": "ftp://example.org"}, headers=key())
        wrong = client.post("/webhooks", json={"url": 7}, headers=key())
        removed = client.delete(place, headers=key())
        gone = client.post(f"{place}/test", headers=key())
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json() == made.json()
    assert made.json()["id"] in [one["id"] for one in listed]
    assert not any("secret" in one for one in listed)
    assert tried.json() == {"deliveries": 1}
    assert replayed.status_code == 200, replayed.text
    problem(bad, 400, "malformed")
    problem(wrong, 422, "body_refused")
    assert removed.status_code == 204
    problem(gone, 404, "not_found")


def test_the_openapi_document_names_every_call_and_resolves(door: Door) -> None:
    with door.client("") as client:
        text = client.get("/openapi.json").text
    document = json.loads(text)
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    assert "post" in paths["/api/v1/services/{service}/submissions"]
    assert {"get", "put"} <= set(paths["/api/v1/submissions/{reference}"])
    for part in text.split('"$ref":"#/')[1:]:
        here: Any = document
        for step in part.split('"')[0].split("/"):
            here = here[step]
    for methods in paths.values():
        for method, operation in methods.items():
            names = [one["name"] for one in operation["parameters"]]
            assert ("Idempotency-Key" in names) == (method != "get" and operation["operationId"] != "checkDocument")


def test_health_is_for_everybody_and_figures_for_a_monitor(door: Door) -> None:
    with httpx.Client(base_url=door.url) as anybody:
        assert anybody.get("/health/live").json()["status"] == "live"
        assert anybody.get("/health/ready").json() == {"status": "ready", "missing": []}
        problem(anybody.get("/metrics"), 401, "key_required")
    headers = {who: {"Authorization": f"Bearer {door.keys[who]}"} for who in ("trader", "monitor")}
    problem(httpx.get(f"{door.url}/metrics", headers=headers["trader"]), 403, "scope_missing")
    figures = httpx.get(f"{door.url}/metrics", headers=headers["monitor"])
    assert figures.status_code == 200
    assert 'onewindow_request_seconds_count{operation="' in figures.text
    assert 'onewindow_follower_behind_events{follower="worklist"}' in figures.text


def test_figures_count_the_calls_of_every_server_process(door: Door) -> None:
    def counted() -> float:
        text = httpx.get(f"{door.url}/metrics", headers={"Authorization": f"Bearer {door.keys['monitor']}"}).text
        line = 'onewindow_request_seconds_count{operation="listWebhooks",status="200"} '
        return sum(float(row.removeprefix(line)) for row in text.splitlines() if row.startswith(line))

    before = counted()
    for _ in range(20):
        with door.client() as client:
            client.get("/webhooks")
    assert counted() == before + 20
