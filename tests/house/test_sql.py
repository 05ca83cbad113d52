"""Named SQL reads the journal lane by lane, so that it stays fast on one machine and possible on many."""

import re

import pytest

from onewindow.storage.queries import BrokenQuery, Query, parse, queries

JOURNAL = ("submission", "reference", "body", "claim", "event", "detail", "access", "attachment", "issued", "anchor")
READ = re.compile(rf"\b(?:FROM|JOIN|UPDATE)\s+(?:{'|'.join(JOURNAL)})\b(?!\s*\()", re.IGNORECASE)
LANE = re.compile(r"\blane\s*=\s*", re.IGNORECASE)
EVERY_LANE = {
    "kept_space": "measures the whole installation",
}


def reads_and_lanes(query: Query) -> tuple[int, int]:
    """How often a statement reads a journal table, and how often it names the lane."""
    return len(READ.findall(query.statement)), len(LANE.findall(query.statement))


@pytest.mark.parametrize("query", queries().values(), ids=lambda query: query.name)
def test_every_read_of_a_journal_table_names_its_lane(query: Query) -> None:
    reads, lanes = reads_and_lanes(query)
    assert lanes >= reads or query.name in EVERY_LANE, (
        f"{query.file}: {query.name} reads {reads} journal tables and names {lanes} lanes: add lane = … to each"
    )


def test_a_statement_without_a_lane_would_be_found() -> None:
    bad = parse("-- name: bad\n-- Reads all lanes.\nSELECT * FROM event WHERE submission = 1;", "x.sql")[0]
    assert reads_and_lanes(bad) == (1, 0)


def test_a_statement_needs_a_name_and_a_purpose() -> None:
    with pytest.raises(BrokenQuery, match="needs a name"):
        parse("-- name: bad\nSELECT 1;", "x.sql")
