"""A trader, without a script: fill in, check, lodge, be asked, answer, amend, get the licence, have it verified."""

from __future__ import annotations

import base64
import re
import zlib

import psycopg

from acceptance.house import House


def test_a_licence_is_lodged_asked_about_answered_amended_approved_and_verified(pages: House) -> None:
    trader, officer = pages.visitor("owner"), pages.visitor("licensing")
    reference = pages.lodged(trader, "cites-import-licence")
    assert reference in trader.get(f"/submissions/{reference}/receipt/").text
    task = pages.task(officer, reference)

    officer.get(task)
    assert officer.post(f"{task}act/claim/").status_code == 302
    incomplete = officer.post(f"{task}act/query/", __words="Which airport?")
    assert incomplete.status_code == 422
    assert "Which airport?" in incomplete.text, "what was typed comes back"
    asked = officer.post(f"{task}act/query/", __reason="missing-document", __words="Which airport?")
    assert asked.status_code == 302

    page = trader.get(f"/submissions/{reference}/").text
    assert "Which airport?" in page
    assert trader.post(f"/submissions/{reference}/act/reply/", __words="Chek Lap Kok").status_code == 302
    draft = trader.post(f"/submissions/{reference}/amend/").headers["location"].split("/check/")[0]
    assert trader.post(f"{draft}/part/importer/", go="save", __importer__name="Gamma (Asia) Limited").status_code == 302
    assert trader.post(f"{draft}/lodge/").status_code == 302
    assert "<del>" in officer.get(task).text, "the officer sees what the amendment changed"

    assert officer.post(f"{task}act/approve/", __words="Granted").status_code == 302
    page = trader.get(f"/submissions/{reference}/").text
    number = re.search(rf"/submissions/{reference}/issued/([^/]+)/", page)
    assert number, "the licence is offered"
    pdf = trader.client.get(f"/submissions/{reference}/issued/{number[1]}/")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert "This document is valid" in pages.visitor().get("/verify/", number=number[1]).text


def test_every_error_is_named_at_once_and_leads_to_its_question(pages: House) -> None:
    trader = pages.visitor("owner")
    begun = trader.post("/services/import-declaration/start/")
    draft = begun.headers["location"].split("/part/")[0]
    page = trader.get(f"{draft}/check/").text
    assert "It cannot be lodged yet" in page
    assert page.count("?faults#f.") >= 5
    assert f'action="{draft}/lodge/"' not in page, "what cannot be lodged has no button"
    refused = trader.post(f"{draft}/lodge/")
    assert refused.status_code == 422


def test_typed_text_survives_a_change_of_language(pages: House) -> None:
    trader = pages.visitor("owner")
    begun = trader.post("/services/import-declaration/start/")
    section = begun.headers["location"]
    trader.get(section)
    switched = trader.post(section, _language="zh-Hant", __reference="MINE-1")
    assert switched.status_code == 302
    page = trader.get(switched.headers["location"])
    assert 'lang="zh-Hant-HK"' in page.text
    assert 'value="MINE-1"' in page.text


def test_a_document_pressed_twice_is_lodged_once(pages: House) -> None:
    trader = pages.visitor("owner")
    begun = trader.post("/services/import-declaration/start/", example="yes")
    draft = begun.headers["location"].split("/part/")[0]
    first = trader.post(f"{draft}/lodge/")
    assert first.status_code == 302
    assert trader.post(f"{draft}/lodge/").status_code == 404, "the draft became the document"


def test_a_copy_carries_everything_but_the_reference(pages: House) -> None:
    trader = pages.visitor("owner")
    reference = pages.lodged(trader, "import-declaration")
    trader.get(f"/submissions/{reference}/")
    copied = trader.post(f"/submissions/{reference}/copy/").headers["location"]
    page = trader.get(copied).text
    assert "Sender&#x27;s reference is missing" in page or "reference is missing" in page
    assert page.count("?faults#f.") == 1


def test_a_licences_code_proves_what_it_says_and_a_changed_one_proves_nothing(pages: House) -> None:
    trader, officer = pages.visitor("owner"), pages.visitor("licensing")
    reference = pages.lodged(trader, "cites-import-licence")
    task = pages.task(officer, reference)
    officer.get(task)
    assert officer.post(f"{task}act/approve/").status_code == 302
    with psycopg.connect(pages.owner_dsn) as connection:
        row = connection.execute(
            "SELECT payload, signature, key_id FROM issued WHERE number LIKE %s", (f"%{reference}%",)
        ).fetchone()
    assert row is not None
    payload, signature, key_id = bytes(row[0]), bytes(row[1]), str(row[2])
    anyone = pages.visitor()
    true = anyone.get("/verify/", **_code(payload, signature, key_id))
    assert true.status_code == 200
    assert "This document is valid" in true.text
    assert "as we signed it" in true.text
    false = anyone.get(
        "/verify/", **_code(payload.replace(b"Indonesia", b"Austria").replace(b"40", b"90"), signature, key_id)
    )
    assert false.status_code == 404
    assert "We did not issue this document" in false.text
    for hostile in (
        {"p": "x" * 5000, "s": "", "k": ""},
        {"p": "!!!!", "s": "%%", "k": "0"},
        {"p": "eJw", "s": "AA", "k": key_id},
    ):
        assert anyone.get("/verify/", **hostile).status_code == 404


def _code(payload: bytes, signature: bytes, key_id: str) -> dict[str, str]:
    """The parameters in a QR code: payload packed, signature, key."""
    packed = base64.urlsafe_b64encode(zlib.compress(payload)).decode().rstrip("=")
    return {"p": packed, "s": base64.urlsafe_b64encode(signature).decode().rstrip("="), "k": key_id}


def test_a_draft_is_told_from_others_of_its_kind_by_its_own_reference(pages: House) -> None:
    trader = pages.visitor("owner")
    references = []
    for _ in range(2):
        draft = trader.post("/services/import-declaration/start/", example="yes").headers["location"]
        written = re.search(r'name="/reference"[^>]*value="([^"]+)"', trader.get(draft).text)
        assert written
        references.append(written[1])
    shown = trader.get("/drafts/").text
    assert len(set(references)) == 2
    assert all(reference in shown for reference in references)
