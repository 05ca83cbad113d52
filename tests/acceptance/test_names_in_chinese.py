"""Companies and people on Chinese pages: called by their registered Chinese name, in no page by one nobody may read."""

from __future__ import annotations

import base64
import re
import zlib

import psycopg
import pytest

from acceptance.house import CHINESE_NAMES, WORKLIST, House

COMPANY, PERSON = CHINESE_NAMES["gamma"], CHINESE_NAMES["owner"]
_WHO = re.compile(r'<span class="who"[^>]*>([^<]*)</span>')
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>")
_OPTION = re.compile(r"<option[^>]*>([^<]*)</option>")


def _code(pages: House, reference: str) -> dict[str, str]:
    """What the QR code of the document issued for a submission says."""
    with psycopg.connect(pages.owner_dsn) as connection:
        row = connection.execute(
            "SELECT payload, signature, key_id FROM issued WHERE number LIKE %s", (f"%{reference}%",)
        ).fetchone()
    assert row is not None
    packed, signature = (
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (zlib.compress(row[0]), row[1])
    )
    return {"p": packed, "s": signature, "k": str(row[2])}


@pytest.mark.parametrize(
    ("language", "first", "second", "person"),
    [
        ("en", "Gamma Limited", COMPANY, "Owner"),
        ("zh-Hant", COMPANY, "Gamma Limited", PERSON),
        ("zh-Hans", COMPANY, "Gamma Limited", PERSON),  # a registered name is not converted
    ],
)
def test_a_company_is_called_by_its_name_in_the_language_of_the_page(
    language: str, first: str, second: str, person: str, pages: House
) -> None:
    page = pages.visitor("owner", language).get("/company/").text
    assert _WHO.findall(page) == [first]
    assert _TITLE.findall(page) == [f'{first} <span class="quiet">{second}</span>']
    assert _OPTION.findall(page)[:2] == [first, person]
    role = re.search(
        r"/owner/.*?<strong>([^<]+)</strong><span[^>]*>([^<]+?) · ", pages.visitor("", language).get("/sign-in/").text
    )
    assert role
    assert role.groups() == (first, person)


def test_a_company_without_a_chinese_name_keeps_its_english_one(pages: House) -> None:
    page = pages.visitor("other", "zh-Hant").get("/company/").text
    assert _WHO.findall(page) == ["Delta Limited"]
    assert _TITLE.findall(page) == ["Delta Limited"]
    assert f"你可代表{COMPANY}遞交" in page, "and the company it lodges for has one"


def test_an_agency_is_picked_by_its_name_and_not_by_its_code(pages: House) -> None:
    page = pages.visitor("officer", "zh-Hant").get("/company/").text
    assert _OPTION.findall(page)[:1] == ["香港海關"]


def test_lists_and_tasks_name_the_company_as_it_is_registered(pages: House) -> None:
    reference = pages.lodged(pages.visitor("owner"), "import-declaration")
    officer = pages.visitor("officer", "zh-Hans")
    task = pages.task(officer, reference)
    assert COMPANY in officer.get(f"/{WORKLIST}/").text
    page = officer.get(task).text
    assert COMPANY in page.partition('<section class="standing">')[2].partition("</section>")[0]
    assert "Gamma Limited" in page, "the document itself says what was lodged"
    assert COMPANY not in pages.visitor("officer").get(task).text
    for address in ("/submissions/", "/today/"):
        assert COMPANY in pages.visitor("owner", "zh-Hant").get(address).text, address


def test_an_issued_document_says_what_was_signed_and_the_register_is_quoted_beside_it(pages: House) -> None:
    owner, officer = pages.visitor("owner", "zh-Hant"), pages.visitor("licensing")
    reference = pages.lodged(owner, "cites-import-licence")
    task = pages.task(officer, reference)
    officer.get(task)
    assert officer.post(f"{task}act/approve/").status_code == 302
    signed = _code(pages, reference)
    assert f"Gamma Limited<br>登記中文名稱：{COMPANY}" in owner.get("/verify/", **signed).text
    anyone = pages.visitor("", "zh-Hant").get("/verify/", **signed).text
    assert "Gamma Limited" in anyone
    assert COMPANY not in anyone, "the register is closed to a visitor who is nobody"
    number = re.search(rf"/submissions/{reference}/issued/([^/]+)/", owner.get(f"/submissions/{reference}/").text)
    assert number
    printed = owner.client.get(f"/submissions/{reference}/issued/{number[1]}/")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
