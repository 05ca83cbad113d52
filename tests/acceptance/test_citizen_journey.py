"""A complaint without an account: lodged, split among departments, one of which says it is not theirs, and answered."""

from __future__ import annotations

import re
import time

import httpx

from acceptance.house import House, Visitor

PHOTO = b"\xff\xd8\xff\xe0" + b"picture" * 200


def _complained(visitor: Visitor) -> tuple[str, str]:
    """Reference and secret of a fresh complaint with a photo."""
    begun = visitor.post("/services/complaint/start/", example="yes")
    draft = begun.headers["location"].split("/part/")[0]
    part = f"{draft}/part/opening/"
    visitor.get(part)
    answer = visitor.post(part, {"/photos/0/file": ("lamp.jpg", PHOTO)}, go="save", __photos__0__words="The lamp")
    assert answer.status_code == 302
    lodged = visitor.post(f"{draft}/lodge/")
    assert lodged.status_code == 302, lodged.text[:2000]
    receipt = visitor.get(lodged.headers["location"]).text
    secret = re.search(r"\b([0-9A-Z]{5}(?:-[0-9A-Z]{5}){3})\b", receipt)
    assert secret, "the secret is shown with the receipt"
    return lodged.headers["location"].split("/")[2], secret[1]


def test_a_complaint_goes_through_two_departments_and_is_answered_under_one_number(pages: House) -> None:
    person, agent = pages.visitor(), pages.visitor("agent")
    reference, secret = _complained(person)
    task = pages.task(agent, reference)
    agent.get(task)
    more = agent.post(f"{task}act/split/", add="/legs", __legs__0="row", __legs__0__agency="hyd")
    assert "/legs/1/agency" in more.text, "a row is added without a script"
    split = agent.post(
        f"{task}act/split/",
        __legs__0="row",
        __legs__0__stage="department",
        __legs__0__agency="hyd",
        __legs__0__note="Mend it",
        __legs__1="row",
        __legs__1__stage="department",
        __legs__1__agency="emsd",
    )
    assert split.status_code == 302, split.text[-1500:]

    highways, electrical = pages.visitor("highways"), pages.visitor("electrical")
    leg = pages.task(highways, reference)
    page = highways.get(leg).text
    assert "Mend it" in page
    done = highways.post(f"{leg}act/substantive-reply/", __finding="substantiated", __words="The lamp is mended.")
    assert done.status_code == 302, done.text[-1500:]
    other = pages.task(electrical, reference)
    electrical.get(other)
    wordless = electrical.post(f"{other}act/not-ours/", __reason="Lamps are the Highways Department's.")
    assert wordless.status_code == 422, "who should act has to be named"
    bounced = electrical.post(f"{other}act/not-ours/", __reason="Lamps are not ours.", __proposed_owner="hyd")
    assert bounced.status_code == 302

    later = pages.visitor()
    later.get("/track/")
    assert later.post("/track/", reference=reference, secret="00000-00000-00000-00000").status_code == 404
    back = later.post("/track/", reference=reference.lower(), secret=secret.lower())
    assert back.status_code == 302
    assert reference in later.get(back.headers["location"]).text


def test_an_unscanned_photo_is_never_handed_out(pages: House) -> None:
    person, agent = pages.visitor(), pages.visitor("agent")
    reference, _ = _complained(person)
    page = agent.get(pages.task(agent, reference)).text
    address = re.search(rf"/submissions/{reference}/files/[0-9a-f-]+/", page)
    assert address
    answer = _once_attached(agent, address[0])
    assert answer.headers["content-type"].startswith("text/html")
    assert "has not been scanned" in answer.text
    assert PHOTO[:20] not in answer.content


def _once_attached(agent: Visitor, address: str) -> httpx.Response:
    """The file's page; a follower brings the file to the case a moment after it was lodged."""
    for _ in range(100):
        answer = agent.get(address)
        if answer.status_code != 404:
            break
        time.sleep(0.2)
    return answer


def test_another_session_does_not_see_an_anonymous_case(pages: House) -> None:
    reference, _ = _complained(pages.visitor())
    assert pages.visitor().get(f"/submissions/{reference}/").status_code == 404
    assert pages.visitor("owner").get(f"/submissions/{reference}/").status_code == 404
