"""Whether an issued document still stands: number in, standing out, for anyone who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from onewindow.engine.life.life import decode_life
from onewindow.kernel.reference import lane_of_reference
from onewindow.storage.queries import query
from onewindow.storage.tenant import Reader
from onewindow.storage.world import NUMBER

NUMBER_MOST = 60


@dataclass(frozen=True, slots=True)
class IssuedStanding:
    """What the records say of an issued document. `balances` are (line, available, unit), one for each account."""

    number: str
    service: str
    issued_at: datetime
    revoked_at: datetime | None
    valid_until: datetime | None
    balances: tuple[tuple[str, str, str], ...] = ()


class PostgresPublicCheck:
    """Asks one function that answers nothing else, so no page needs to see the submission."""

    def __init__(self, reader: Reader, secret: bytes) -> None:
        self._reader = reader
        self._secret = secret

    def standing(self, number: str) -> IssuedStanding | None:
        """The standing of the document with this number; None when none was issued. Raises NotDurable."""
        written = number.upper().strip()
        found = NUMBER.fullmatch(written) if len(written) <= NUMBER_MOST else None
        lane = lane_of_reference(found[1], self._secret) if found else None
        if lane is None:
            return None
        with self._reader.seen_by_nobody() as connection:
            place = {"lane": lane, "number": written}
            row = connection.execute(query("issued_standing").encode(), place).fetchone()
        if row is None:
            return None
        life = decode_life(row["life"]) if row["life"] else None
        document = next((one for one in life.issued if one.number == written), None) if life else None
        accounts = life.ledger.accounts if life else ()
        return IssuedStanding(
            number=written,
            service=row["service"],
            issued_at=row["issued_at"],
            revoked_at=row["revoked_at"],
            valid_until=document.valid_until if document else None,
            balances=tuple((account.line, str(account.available), account.unit) for account in accounts),
        )
