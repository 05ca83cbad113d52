"""What standing rules ask: submissions by reference or issued number, files by id, companies by identifier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

import msgspec
from psycopg.rows import DictRow

from onewindow.engine.checking.standing import Known
from onewindow.engine.life.ledger import Ledger, left
from onewindow.engine.life.life import Life, decode_life
from onewindow.kernel.actor import Actor, Party
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.kernel.lane import lane_of
from onewindow.kernel.reference import lane_of_reference, normalise
from onewindow.storage.compression import decompress
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader

NUMBER = re.compile(r"(?:^|.*-)([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})(?:-\d{1,3})?")
"""An issued number is a prefix, the submission's reference, and a serial from the second document on."""


class PostgresWorld:
    """`ports.World`, read as `door`: the rules decide what an owner may refer to, not the tenant."""

    def __init__(self, reader: Reader, secret: bytes) -> None:
        self._reader = reader
        self._secret = secret

    def standing(self, actor: Actor, numbers: Iterable[str], *, amending: str = "") -> dict[str, Known]:
        """See `ports.World`: at most two statements for all numbers. Raises NotDurable."""
        asked = list(numbers)
        files = {number: identity for number in asked if (identity := _uuid(number))}
        references = {number: found for number in asked if (found := self._place(number))}
        known: dict[str, Known] = {}
        with self._reader.seen_by_nobody() as connection:
            if references:
                columns = {
                    "asked": list(references),
                    "lanes": [lane for lane, _ in references.values()],
                    "references": [reference for _, reference in references.values()],
                }
                rows = connection.execute(query("standing_submissions").encode(), columns).fetchall()
                real = [row for row in rows if row["mode"] == actor.mode and _is_it(row)]
                known |= {row["asked"]: _submission(row, amending) for row in real}
            if files:
                lane = lane_of(actor.party, self._secret)
                wanted = {"lane": lane, "owner": actor.party, "ids": list(files.values())}
                known |= {
                    str(row["id"]): Known(str(row["id"]), "", row["scan"], clean=row["scan"] != "infected")
                    for row in connection.execute(query("standing_attachments").encode(), wanted)
                }
        return known

    def parties(self, identifiers: Iterable[str]) -> dict[str, Party]:
        """See `ports.World`. Raises NotDurable."""
        with self._reader.seen_by_nobody() as connection:
            rows = connection.execute(
                query("parties_of_identifiers").encode(), {"identifiers": list(identifiers)}
            ).fetchall()
        return {row["identifier"]: row["party"] for row in rows}

    def _place(self, number: str) -> tuple[int, str] | None:
        found = NUMBER.fullmatch(number.upper().strip())
        reference = normalise(found[1]) if found else normalise(number)
        lane = lane_of_reference(reference, self._secret) if reference else None
        return None if reference is None or lane is None else (lane, reference)


def _submission(row: DictRow, amending: str) -> Known:
    life = _life(row)
    return Known(
        number=row["asked"],
        service=row["service"],
        state=row["state"],
        owners=frozenset({row["lodger"], row["principal"]}),
        bound_to=life.bound_to if life and life.bound_to != amending else "",
        valid_until=_last_day(life),
        balances=_balances(life.ledger, amending) if life else {},
        facts=_facts(row),
    )


def _is_it(row: DictRow) -> bool:
    """False for the number of a document that was never issued, or no longer stands."""
    if normalise(row["asked"]) is not None:
        return True
    life = _life(row)
    return life is not None and life.document is not None and life.document.number == row["asked"].upper().strip()


def _life(row: DictRow) -> Life | None:
    return decode_life(row["life"]) if row["life"] else None


def _last_day(life: Life | None) -> date | None:
    document = life.document if life else None
    return hong_kong_day(document.valid_until) if document and document.valid_until else None


def _balances(ledger: Ledger, amending: str) -> dict[str, tuple[str, str]]:
    return {line: (str(quantity), unit) for line, (quantity, unit) in left(ledger, amending=amending).items()}


def _facts(row: DictRow) -> dict[str, str]:
    """The single values of the document as it stands, by dotted name; repeated groups and erased bodies have none."""
    if row["bytes"] is None or row["media"] != "application/json":
        return {}
    document = msgspec.json.decode(decompress(row["bytes"], row["dictionary"]))
    return dict(_flat("", document)) if isinstance(document, dict) else {}


def _flat(prefix: str, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        elif not isinstance(value, list):
            yield prefix + name, str(value)


def _uuid(number: str) -> UUID | None:
    try:
        return UUID(number) if len(number) == 36 else None
    except ValueError:
        return None
