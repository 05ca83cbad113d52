"""The life of a submission as a value: state, legs with their clocks, what was issued, what is held on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from onewindow.engine.life.deadlines import RunningClock
from onewindow.engine.life.ledger import Ledger

LegState = Literal["pending", "claimed", "held", "split", "closed"]


class EffectWritten(msgspec.Struct, frozen=True, array_like=True):
    """What one row of the document does to the submission whose reference or number is `refers`, once `on` happens."""

    on: str
    act: str
    refers: str
    values: dict[str, str]


class Opening(msgspec.Struct, frozen=True, omit_defaults=True):
    """The payload of the `lodged` event: what the document's facts open.

    `stages` whose condition is true, `rows` of the stages with a leg a row, `charges` (name, amount, currency), `due`
    (stage → clock → instant) of the stages that open at lodging, and `effects` on other submissions.
    """

    stages: tuple[str, ...] = ()
    rows: dict[str, int] = {}
    charges: tuple[tuple[str, str, str], ...] = ()
    due: dict[str, dict[str, datetime]] = {}
    effects: tuple[EffectWritten, ...] = ()


class Leg(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stage being worked on by one agency; a leg opened by a split has a parent.

    `public` is the state it gives the submission while open. `row` counts from 1 where a stage has a leg a row.
    `superseded` legs no longer count: their stage was opened anew.
    """

    id: str
    stage: str
    agency: str
    role: str
    public: str
    opened_at: datetime
    state: LegState = "pending"
    holder: str = ""
    version: int = 1
    row: int = 0
    parent: str = ""
    clocks: tuple[RunningClock, ...] = ()
    closed_at: datetime | None = None
    outcome: str = ""
    result: str = ""
    superseded: bool = False
    bounced: tuple[str, ...] = ()
    scores: dict[str, dict[str, Decimal]] = {}
    recused: tuple[str, ...] = ()
    note: str = ""

    @property
    def open(self) -> bool:
        return self.state != "closed"


class IssuedDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document that was issued: its number, and until when it is valid (none: without end)."""

    number: str
    issued_at: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None


class Life(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything an act needs to know of a submission.

    `stages` are those whose condition is true of the document, `rows` how many rows a stage with a leg a row has.
    `ended` is the state in which the journey ended, empty while it goes on. `standing` is a state set from outside
    (such as `bundled`) that covers the journey's own. `effects` is what the present document does to others,
    `document_version` the version that brought it; `settled` and `refused_effects` name those that are carried out.
    `closures` are the unplanned closures that moved its deadlines.
    """

    state: str
    stages: tuple[str, ...]
    legs: tuple[Leg, ...]
    reference: str = ""
    version: int = 1
    format: int = 1
    rows: dict[str, int] = {}
    ended: str = ""
    standing: str = ""
    bound_to: str = ""
    issued: tuple[IssuedDocument, ...] = ()
    ledger: Ledger = Ledger()
    effects: tuple[EffectWritten, ...] = ()
    document_version: int = 1
    settled: tuple[str, ...] = ()
    refused_effects: tuple[str, ...] = ()
    closures: tuple[str, ...] = ()

    def leg(self, leg_id: str) -> Leg | None:
        return next((leg for leg in self.legs if leg.id == leg_id), None)

    @property
    def open_legs(self) -> tuple[Leg, ...]:
        return tuple(leg for leg in self.legs if leg.open)

    @property
    def awaiting(self) -> bool:
        """True while what lodging does to other submissions is not carried out: it may not end well before."""
        wanted = sum(1 for effect in self.effects if effect.on == "lodged")
        return bool(self.refused_effects) or wanted > len(self.settled)

    @property
    def document(self) -> IssuedDocument | None:
        """The issued document in force, if any."""
        return next((one for one in reversed(self.issued) if one.revoked_at is None), None)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it is kept. `facts` are codes, numbers and instants; `words` free text, names and files."""

    kind: str
    facts: Mapping[str, object]
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What an act makes: the next life, its events, the document it issues (if any) and who may read from now on."""

    life: Life
    events: tuple[Happening, ...]
    issued: IssuedDocument | None = None
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """An action somebody may take now, on a leg or (leg empty) on the submission."""

    action: str
    leg: str = ""


_encoder = msgspec.json.Encoder(decimal_format="string")
_decoder = msgspec.json.Decoder(Life)
_openings = msgspec.json.Decoder(Opening)


def encode_life(life: Life) -> bytes:
    """The life as JSON."""
    return _encoder.encode(life)


def decode_life(stored: bytes) -> Life:
    """The life as it was kept. Raises msgspec.ValidationError when it is not one."""
    return _decoder.decode(stored)


def decode_opening(payload: bytes) -> Opening:
    """The opening as the `lodged` event keeps it. Raises msgspec.ValidationError when it is not one."""
    return _openings.decode(payload)
