"""What somebody began at a form and never lodged is erased with the rest."""

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
