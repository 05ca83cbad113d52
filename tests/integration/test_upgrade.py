"""A database of an earlier release is brought up to date with what is in it."""

from __future__ import annotations

import secrets

import psycopg
import pytest

from integration.journal_world import journal_of, lodge, rows_of
from onewindow.storage import migrate as migrating
from onewindow.storage.definition_versions import missing_versions
from servers import Database

TASK = """
    INSERT INTO task (opened_at, submission, lane, agency, id, role, service, stage, state, reference, summary)
    SELECT lodged_at, id, lane, 'ced', reference, 'officer', service, 'vetting', 'pending', reference, summary
    FROM submission
"""


def test_an_upgrade_finds_the_versions_of_what_was_lodged_before(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, files = Database(empty_database, secrets.token_bytes(32)), migrating.schema_files()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrating, "schema_files", lambda: [file for file in files if file.name < "0023_task_versions"])
        migrating.migrate(database.owner_dsn, database.secret)
    with journal_of(database) as journal:
        journal.append_now([lodge(database, service="tea-permit", definition_version="7")])
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute(TASK)
    migrating.migrate(database.owner_dsn, database.secret)
    assert rows_of(database, "SELECT service, definition_version FROM task") == [("tea-permit", "7")]
    assert missing_versions(database.dsn("follower"), [("tea-permit", "8")]) == [("tea-permit", "7")]
