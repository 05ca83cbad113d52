"""Named SQL: every statement stands in a file of `sql/` under its name, with a line that says what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Query:
    """A statement, its name and its purpose in one line."""

    name: str
    purpose: str
    statement: str
    file: str


class BrokenQuery(Exception):
    """A file of named SQL that cannot be read: file, name and what is missing."""


@lru_cache(maxsize=1)
def queries() -> dict[str, Query]:
    """Every named statement. Raises BrokenQuery for one without a purpose, or a name given twice."""
    found: dict[str, Query] = {}
    folder = resources.files("onewindow.storage") / "sql"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".sql"):
            for query in parse(entry.read_text(encoding="utf-8"), entry.name):
                if query.name in found:
                    raise BrokenQuery(f"{entry.name}: {query.name} is already in {found[query.name].file}")
                found[query.name] = query
    return found


def query(name: str) -> str:
    """The statement of that name. Raises KeyError."""
    return queries()[name].statement


def parse(text: str, file: str) -> list[Query]:
    """The statements of one file. Raises BrokenQuery."""
    return [_query(part, file) for part in text.split("-- name:")[1:]]


def _query(part: str, file: str) -> Query:
    lines = part.strip().splitlines()
    name, comments = lines[0].strip(), [line[3:] for line in lines[1:] if line.startswith("-- ")]
    statement = "\n".join(line for line in lines[1:] if not line.startswith("--")).strip().rstrip(";")
    if not name.isidentifier() or not comments or not statement:
        raise BrokenQuery(f"{file}: {name or 'a statement'} needs a name, a line that says what for, and SQL")
    return Query(name, " ".join(comments), statement, file)
