"""Making and revoking the issued document: its number, its validity and the balances that open with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from onewindow.definitions.model import Clock, Issue, Limit
from onewindow.engine.life import ledger
from onewindow.engine.life.deadlines import ALWAYS, due_at
from onewindow.engine.life.draft import Draft
from onewindow.engine.life.life import IssuedDocument


def issue_document(draft: Draft) -> None:
    """Issue the document (a further one replaces the one in force) and grant its balances. Once an act."""
    issue = draft.definition.issue
    if issue is None or draft.issued is not None:
        return
    revoke_document(draft)
    serial = len(draft.life.issued) + 1
    number = "-".join(part for part in (issue.number_prefix, draft.life.reference) if part)
    document = IssuedDocument(
        number=number if serial == 1 else f"{number}-{serial}",
        issued_at=draft.at,
        valid_until=_valid_until(draft, issue.validity),
    )
    draft.issued = document
    draft.set(issued=(*draft.life.issued, document))
    draft.post(ledger.grant(draft.life.ledger, quantities(issue, draft.document)))


def revoke_document(draft: Draft) -> None:
    """The document in force is valid no longer."""
    draft.set(
        issued=tuple(
            msgspec.structs.replace(one, revoked_at=draft.at) if one.revoked_at is None else one
            for one in draft.life.issued
        )
    )


def quantities(issue: Issue, document: Mapping[str, object]) -> dict[str, tuple[Decimal, str]]:
    """Line (counted from 1) → quantity and unit, read from the document; empty when nothing is kept in balance."""
    if not issue.account_quantity:
        return {}
    rows = _rows(document, issue.account_each) if issue.account_each else [document]
    found = {}
    for number, row in enumerate(rows, start=1):
        quantity = _decimal(_at(row, issue.account_quantity))
        if quantity is not None:
            found[str(number)] = (quantity, str(_at(row, issue.account_unit) or ""))
    return found


def _valid_until(draft: Draft, validity: Limit | None) -> datetime | None:
    if validity is None:
        return None
    return due_at(Clock("validity", validity, "always"), draft.at, {"always": ALWAYS, **draft.calendars})


def _rows(value: object, path: str) -> list[Mapping[str, object]]:
    found: list[object] = [value]
    for name in path.split("."):
        below = [one.get(name) for one in found if isinstance(one, Mapping)]
        found = [one for part in below for one in (part if isinstance(part, list) else [part])]
    return [one for one in found if isinstance(one, Mapping)]


def _at(row: Mapping[str, object], path: str) -> object:
    value: object = row
    for name in path.split(".") if path else []:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if path else None


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
