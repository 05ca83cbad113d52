"""Bytes that documents take in the database, and what a year of 94 million would."""

from __future__ import annotations

import psycopg

from onewindow.cli.bench.installation import Installation
from onewindow.storage.queries import query

YEAR = 94_000_000


def space_of(place: Installation) -> dict[str, object]:
    """Bytes a document with all indexes; a year's in gigabytes."""
    with psycopg.connect(place.platform.owner_dsn, autocommit=True) as connection:
        row = connection.execute(query("kept_space").encode()).fetchone()
    assert row is not None
    size, kept = int(row[0]), max(int(row[1]), 1)
    return {
        "documents_kept": kept,
        "bytes_per_document": round(size / kept),
        "year_of_94_million_gb": round(size / kept * YEAR / 1e9, 1),
    }
