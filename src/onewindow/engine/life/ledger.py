"""Balances of an issued document, kept by double entry.

Every posting moves a quantity between two sides of one account, so the sides always sum to zero; only `granted` (what
the issuer gave out) is ever negative. A hold is one cause's reservation; the same cause posts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec

from onewindow.engine.life.refusal import unfit
from onewindow.kernel.words import Words

Side = Literal["granted", "available", "reserved", "used"]

_TOO_LOW = Words(
    "Only {available} {unit} is left on the balance; {quantity} was asked for.",
    "結餘只有 {available} {unit}，而所需數量為 {quantity}。",
    "结余只有 {available} {unit}，而所需数量为 {quantity}。",
)
_LOWER = Words(
    "Lower the quantity, or name another licence with enough left.",
    "請減少數量，或改用結餘足夠的牌照。",
    "请减少数量，或改用结余足够的许可证。",
)
_NO_ACCOUNT = Words("There is no such line.", "沒有此項。", "没有此项。")
_NAME_LINE = Words("Name one of the lines: {lines}.", "請選用下列其中一項：{lines}。", "请选用下列其中一项：{lines}。")
_NOT_NUMBER = Words("This is not a quantity.", "這不是有效的數量。", "这不是有效的数量。")
_GIVE_NUMBER = Words("Give a number above zero.", "請填寫大於零的數字。", "请填写大于零的数字。")
_NOTHING_HELD = Words("Nothing is reserved for this.", "沒有為此預留的數量。", "没有为此预留的数量。")
_RESERVE_FIRST = Words("Reserve it first.", "請先預留。", "请先预留。")


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an issued document. `granted` + `available` + `reserved` + `used` = 0."""

    line: str
    unit: str = ""
    granted: Decimal = Decimal(0)
    available: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    used: Decimal = Decimal(0)


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `cause` has reserved on `line`; `state` is `reserved`, `used` or `restored`."""

    cause: str
    line: str
    quantity: Decimal
    state: Literal["reserved", "used", "restored"] = "reserved"


class Posting(msgspec.Struct, frozen=True):
    """One double entry: `quantity` left side `debit` and came to side `credit` of `line`."""

    line: str
    debit: Side
    credit: Side
    quantity: Decimal


class Ledger(msgspec.Struct, frozen=True, omit_defaults=True):
    """All lines of the issued document and what is held on them."""

    accounts: tuple[Account, ...] = ()
    holds: tuple[Hold, ...] = ()

    def account(self, line: str) -> Account | None:
        return next((account for account in self.accounts if account.line == line), None)

    def hold(self, cause: str) -> Hold | None:
        return next((hold for hold in self.holds if hold.cause == cause), None)


Posted = tuple[Ledger, tuple[Posting, ...]]


def grant(ledger: Ledger, quantities: Mapping[str, tuple[Decimal, str]]) -> Posted:
    """Open each line with its quantity and unit; granted again, a line moves to the new quantity.

    Raises Unfit when a line would fall below what is already reserved and used.
    """
    postings: list[Posting] = []
    for line, (quantity, unit) in quantities.items():
        account = ledger.account(line)
        if account is None:
            account = Account(line=line, unit=unit)
            ledger = msgspec.structs.replace(ledger, accounts=(*ledger.accounts, account))
        more = quantity + account.granted
        debit, credit = ("granted", "available") if more >= 0 else ("available", "granted")
        ledger, posted = _post(ledger, Posting(line, debit, credit, abs(more)))  # type: ignore[arg-type]
        postings += posted
    return ledger, tuple(postings)


def reserve(ledger: Ledger, *, cause: str, line: str, quantity: str) -> Posted:
    """Set `quantity` aside for `cause`. Raises Unfit when the line has too little left."""
    if ledger.hold(cause):
        return ledger, ()
    line = line or (ledger.accounts[0].line if len(ledger.accounts) == 1 else "")
    hold = Hold(cause=cause, line=line, quantity=_quantity(quantity))
    ledger, posted = _post(ledger, Posting(line, "available", "reserved", hold.quantity))
    return msgspec.structs.replace(ledger, holds=(*ledger.holds, hold)), posted


def commit(ledger: Ledger, *, cause: str) -> Posted:
    """Write off what `cause` reserved. Raises Unfit when it reserved nothing."""
    return _settle(ledger, cause, "used")


def restore(ledger: Ledger, *, cause: str) -> Posted:
    """Give back what `cause` reserved. Raises Unfit when it reserved nothing."""
    return _settle(ledger, cause, "restored")


def left(ledger: Ledger, *, amending: str = "") -> dict[str, tuple[Decimal, str]]:
    """Quantity and unit left on each line. An amendment gives back first what its submission had reserved."""
    quantities = {account.line: account.available for account in ledger.accounts}
    for hold in ledger.holds:
        if amending and hold.state == "reserved" and hold.cause.startswith(f"{amending}/"):
            quantities[hold.line] += hold.quantity
    return {account.line: (quantities[account.line], account.unit) for account in ledger.accounts}


def _settle(ledger: Ledger, cause: str, state: Literal["used", "restored"]) -> Posted:
    hold = ledger.hold(cause)
    if hold is None:
        raise unfit("ACT-HOLD", "/cause", _NOTHING_HELD, _RESERVE_FIRST, value=cause)
    if hold.state != "reserved":
        return ledger, ()
    credit: Side = "used" if state == "used" else "available"
    ledger, posted = _post(ledger, Posting(hold.line, "reserved", credit, hold.quantity))
    settled = msgspec.structs.replace(hold, state=state)
    holds = tuple(settled if one.cause == cause else one for one in ledger.holds)
    return msgspec.structs.replace(ledger, holds=holds), posted


def _post(ledger: Ledger, posting: Posting) -> Posted:
    account = ledger.account(posting.line)
    if account is None:
        lines = ", ".join(account.line for account in ledger.accounts)
        raise unfit("ACT-LINE", "/line", _NO_ACCOUNT, _NAME_LINE.filled(lines=lines or "–"), value=posting.line)
    left = getattr(account, posting.debit) - posting.quantity
    if posting.debit != "granted" and left < 0:
        words = _TOO_LOW.filled(available=account.available, unit=account.unit, quantity=posting.quantity)
        raise unfit("ACT-BALANCE", "/quantity", words, _LOWER, value=str(posting.quantity))
    more = getattr(account, posting.credit) + posting.quantity
    changed = msgspec.structs.replace(account, **{posting.debit: left, posting.credit: more})
    accounts = tuple(changed if one.line == posting.line else one for one in ledger.accounts)
    return msgspec.structs.replace(ledger, accounts=accounts), (posting,) if posting.quantity else ()


def _quantity(written: str) -> Decimal:
    try:
        quantity = Decimal(str(written))
    except InvalidOperation:
        quantity = Decimal(0)
    if not quantity.is_finite() or quantity <= 0:
        raise unfit("ACT-QUANTITY", "/quantity", _NOT_NUMBER, _GIVE_NUMBER, value=str(written))
    return quantity
