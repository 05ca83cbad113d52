"""Checking and lodging one document over HTTP: verdict, receipt, and what a repeat is answered."""

from __future__ import annotations

import json
import re
from hashlib import sha256

import httpx
import pytest

from contract.door import COMPANIES, SERVICE, Door, key, named, problem

LODGE = f"/services/{SERVICE}/submissions"
CHECK = f"/services/{SERVICE}/checks"
REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def test_a_check_says_accepted_and_keeps_nothing(door: Door) -> None:
    kept = door.submissions_kept()
    with door.client("stranger") as client:
        answer = client.post(CHECK, json=door.example())
    assert answer.status_code == 200
    assert answer.json() == {"accepted": True, "findings": [], "not_checked": []}
    assert door.submissions_kept() == kept


def test_a_refused_document_gets_every_finding_in_three_languages(door: Door) -> None:
    document = door.example() | {"importer": {}, "shoe": 42}
    with door.client() as client:
        verdict = client.post(CHECK, json=document).json()
        refusal = problem(client.post(LODGE, json=document, headers=key()), 422, "document_refused")
    assert verdict["accepted"] is False
    assert refusal["findings"] == verdict["findings"]
    by_pointer = {finding["pointer"]: finding for finding in verdict["findings"]}
    assert {"/shoe", "/importer/name"} <= set(by_pointer)
    finding = by_pointer["/shoe"]
    assert set(finding) == {"code", "severity", "pointer", "message", "remedy", "law", "value"}
    assert all(finding["message"][language] for language in ("en", "zh-Hant", "zh-Hans"))
    assert finding["value"] == "42"


def test_lodging_gives_a_receipt_over_the_raw_bytes(door: Door) -> None:
    body = json.dumps(door.example(), indent=3).encode()
    with door.client() as client:
        answer = client.post(LODGE, content=body, headers={**key(), "Content-Type": "application/json"})
    assert answer.status_code == 201
    receipt = answer.json()
    assert set(receipt) == {
        "reference", "service", "version", "definition_version", "state", "lodged_at", "digest"
    }  # fmt: skip
    assert REFERENCE.fullmatch(receipt["reference"])
    assert receipt["digest"] == sha256(body).hexdigest()
    assert (receipt["service"], receipt["version"]) == (SERVICE, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)", receipt["lodged_at"])


def test_the_same_key_and_body_get_the_first_answer_again(door: Door) -> None:
    document, headers = door.example(), key()
    with door.client() as client:
        first = client.post(LODGE, json=document, headers=headers)
        again = client.post(LODGE, json=document, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_same_key_with_another_body_is_refused(door: Door) -> None:
    headers = key()
    with door.client() as client:
        client.post(LODGE, json=door.example(), headers=headers)
        problem(client.post(LODGE, json=door.example(), headers=headers), 422, "idempotency_key_reused")


def test_a_refusal_does_not_use_the_key_up(door: Door) -> None:
    headers, document = key(), door.example()
    with door.client() as client:
        assert client.post(LODGE, json=document | {"shoe": 1}, headers=headers).status_code == 422
        assert client.post(LODGE, json=document, headers=headers).status_code == 201


def test_a_known_senders_reference_under_a_new_key_is_the_same_or_a_conflict(door: Door) -> None:
    document = door.example()
    with door.client() as client:
        first = client.post(LODGE, json=document, headers=key())
        same = client.post(LODGE, json=document, headers=key())
        other = client.post(LODGE, json=document | {"goods": [*document["goods"], document["goods"][0]]}, headers=key())
        changed = json.dumps(document, indent=1).encode()
        spaced = client.post(LODGE, content=changed, headers={**key(), "Content-Type": "application/json"})
    assert same.status_code == 200
    assert same.json()["reference"] == first.json()["reference"]
    assert other.status_code in (409, 422)
    problem(spaced, 409, "sender_reference_used")


def test_keys_of_two_companies_do_not_meet(door: Door) -> None:
    headers, document = key(), named(door.example(), "22222222-000")
    with door.client() as alpha, door.client("other") as beta:
        one = alpha.post(LODGE, json=document, headers=headers)
        two = beta.post(LODGE, json=document, headers=headers)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["reference"] != two.json()["reference"]


def test_xml_is_lodged_like_json_and_its_findings_carry_their_path(door: Door) -> None:
    media = {"Content-Type": "application/xml"}
    with door.client() as client:
        xml = client.get(f"/services/{SERVICE}/example", headers={"Accept": "application/xml"}).content
        lodged = client.post(LODGE, content=xml, headers={**media, **key()})
        broken = xml.replace(b"<Declaration ", b"<Declaration ", 1).replace(b"</Declaration>", b"<Shoe/></Declaration>")
        refused = client.post(LODGE, content=broken, headers={**media, **key()})
        kept = client.get(f"/submissions/{lodged.json()['reference']}/document")
    assert lodged.status_code == 201, lodged.text
    assert lodged.json()["digest"] == sha256(xml).hexdigest()
    assert (kept.content, kept.headers["content-type"]) == (xml, "application/xml")
    findings = problem(refused, 422, "document_refused")["findings"]
    assert [finding["xpath"] for finding in findings] == ["/Declaration/Shoe"]


def test_a_large_document_is_lodged_like_a_small_one(door: Door) -> None:
    body = json.dumps(door.example()).encode() + b" " * 400_000
    with door.client() as client:
        media, headers = {"Content-Type": "application/json"}, key()
        first = client.post(LODGE, content=body, headers={**media, **headers})
        again = client.post(LODGE, content=body, headers={**media, **headers})
        checked = client.post(CHECK, content=body, headers=media)
        refused = client.post(LODGE, content=b"[" * 400_000, headers={**media, **key()})
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert again.json() == first.json()
    assert checked.json()["accepted"]
    problem(refused, 400, "malformed")


def test_edifact_is_not_taken_yet_and_the_refusal_says_what_is(door: Door) -> None:
    with door.client() as client:
        headers = {**key(), "Content-Type": "application/edifact"}
        refusal = problem(client.post(LODGE, content=b"UNB+UNOC:3", headers=headers), 415, "unsupported_media_type")
    assert "application/json" in refusal["detail"]


def test_a_test_key_lodges_in_test_mode(door: Door) -> None:
    receipt = door.lodge(who="test")
    with door.client("test") as client:
        shown = client.get(f"/submissions/{receipt['reference']}").json()
    assert shown["mode"] == "test"


def test_a_mandate_lets_an_agent_lodge_and_a_stranger_may_not(door: Door) -> None:
    document = named(door.example(), COMPANIES["trader"])
    with door.client("agent") as agent, door.client("other") as stranger:
        problem(stranger.post(LODGE, json=document, headers=key()), 403, "forbidden")
        lodged = agent.post(LODGE, json=document, headers=key())
    assert lodged.status_code == 201, lodged.text
    with door.client() as principal:
        assert principal.get(f"/submissions/{lodged.json()['reference']}").json()["lodger"] == "company:agent"


@pytest.mark.parametrize("many", [40])
def test_requests_at_the_same_time_are_each_answered_with_their_own_receipt(door: Door, many: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def lodge(_: int) -> httpx.Response:
        with door.client() as client:
            return client.post(LODGE, json=door.example(), headers=key())

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lodge, range(many)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == many
