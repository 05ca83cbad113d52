"""A version of a definition is needed for as long as something was lodged under it; a start finds that out quickly."""

from __future__ import annotations

from integration.journal_world import journal_of, lodge, rows_of
from onewindow.storage.definition_versions import missing_versions
from servers import Database


def missing(database: Database, *kept: str) -> list[tuple[str, str]]:
    return missing_versions(database.dsn("follower"), [("tea-permit", version) for version in kept])


def lodge_under(database: Database, version: str) -> None:
    with journal_of(database) as journal:
        journal.append_now([lodge(database, service="tea-permit", definition_version=version)])


def test_a_version_is_missing_only_when_something_was_lodged_under_it(database: Database) -> None:
    assert missing(database, "1", "2", "3") == []
    lodge_under(database, "1")
    assert missing(database, "3") == [("tea-permit", "1")]
    assert missing(database, "1", "3") == []


def test_a_version_that_was_taken_away_unused_is_forgotten(database: Database) -> None:
    assert missing(database, "1", "4") == []
    assert missing(database, "1") == []
    assert ("tea-permit", "4") not in rows_of(database, "SELECT service, version FROM definition_version")


def test_a_database_that_does_not_answer_keeps_nobody_from_starting() -> None:
    assert missing_versions("postgresql://nobody@127.0.0.1:1/none", [("tea-permit", "1")]) == []
