"""What somebody began at a form and never lodged does not stay for ever."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import psycopg

from acceptance.house import House
from onewindow.storage.erasure import erase_party


def test_forms_that_were_never_lodged_are_erased_with_whoever_began_them(pages: House) -> None:
    begun = pages.visitor("owner").post("/services/import-declaration/start/", example="yes").headers["location"]
    with psycopg.connect(pages.owner_dsn) as connection:
        given = "UPDATE web_draft SET party = 'person:99' WHERE id = %s"
        assert connection.execute(given, [begun.split("/")[2]]).rowcount == 1
    erase_party(pages.owner_dsn, "person:99", secrets.token_bytes(32), datetime.now(UTC))
    with psycopg.connect(pages.owner_dsn) as connection:
        left = connection.execute("SELECT party FROM web_draft WHERE party = 'person:99'").fetchall()
    assert left == []


def test_a_form_that_nobody_can_come_back_to_is_forgotten_after_a_month(pages: House) -> None:
    def drafts() -> set[str]:
        with psycopg.connect(pages.owner_dsn) as connection:
            return {str(row[0]) for row in connection.execute("SELECT id FROM web_draft").fetchall()}

    def begun() -> str:
        return str(pages.visitor().post("/services/complaint/start/", example="yes").headers["location"].split("/")[2])

    old, recent = begun(), begun()
    with psycopg.connect(pages.owner_dsn) as connection:
        for draft, days in ((old, 31), (recent, 29)):
            aged = "UPDATE web_draft SET changed_at = changed_at - %s * interval '1 day' WHERE id = %s"
            assert connection.execute(aged, [days, draft]).rowcount == 1
    assert {old, recent} <= drafts()
    begun()
    assert old not in drafts()
    assert recent in drafts()
