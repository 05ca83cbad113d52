"""How a life begins: which legs the `lodged` event opens. A pure function of that event, so it is never kept twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from onewindow.definitions.model import Definition
from onewindow.engine.life.deadlines import Calendars
from onewindow.engine.life.draft import Draft
from onewindow.engine.life.journey import advance
from onewindow.engine.life.life import Leg, Life, Opening, decode_opening

_encoder = msgspec.json.Encoder()
_MOST_KEPT = 4096

Rows = Mapping[str, int]
_Key = tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...]]


def open_life(
    definition: Definition, opening: bytes, lodged_at: datetime, calendars: Calendars, *, reference: str = ""
) -> Life:
    """The life before the first act. Deadlines written into the event hold; others are computed from `lodged_at`.

    Raises msgspec.ValidationError when the opening is not one.
    """
    written = decode_opening(opening)
    life = _begin(definition, written, lodged_at, calendars, reference)
    if not written.due:
        return life
    return msgspec.structs.replace(life, legs=tuple(_as_written(leg, written) for leg in life.legs))


@dataclass(frozen=True, slots=True)
class Begun:
    """What documents with the same opening begin in one minute: `life.state` is public, `life.legs` are open."""

    since: datetime
    until: datetime
    life: Life
    due: bytes

    def payload(self, opening: bytes) -> bytes:
        """The payload of a `lodged` event: `opening` as the checker wrote it (a JSON object), and the deadlines."""
        return opening[:-1] + self.due if self.due else opening


class OpeningBook:
    """Openings for lodging in volume: what documents of the same minute share is computed once."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self._begun: dict[_Key, Begun] = {}

    def begin(self, definition: Definition, stages: tuple[str, ...], rows: Rows, at: datetime) -> Begun:
        """What lodging in this minute begins, when these stages open."""
        key = (definition.id, definition.version, stages, tuple(sorted(rows.items())) if rows else ())
        known = self._begun.get(key)
        if known is None or not known.since <= at < known.until:
            if len(self._begun) >= _MOST_KEPT:
                self._begun.clear()
            minute = at.replace(second=0, microsecond=0)
            life = _begin(definition, Opening(stages, dict(rows)), minute, self.calendars, "")
            known = self._begun[key] = Begun(minute, minute + timedelta(minutes=1), life, _due(life))
        return known


def _begin(definition: Definition, opening: Opening, at: datetime, calendars: Calendars, reference: str) -> Life:
    life = Life(
        state=definition.done_state,
        stages=opening.stages,
        legs=(),
        reference=reference,
        rows=opening.rows,
        effects=opening.effects,
    )
    draft = Draft(definition, life, at, calendars)
    advance(draft)
    return draft.life


def _as_written(leg: Leg, opening: Opening) -> Leg:
    due = opening.due.get(leg.stage, {})
    clocks = tuple(
        msgspec.structs.replace(clock, due_at=due[clock.name]) if clock.name in due else clock for clock in leg.clocks
    )
    return msgspec.structs.replace(leg, clocks=clocks)


def _due(life: Life) -> bytes:
    due = {leg.stage: {clock.name: clock.due_at for clock in leg.clocks} for leg in life.legs if leg.clocks}
    return b',"due":' + _encoder.encode(due) + b"}" if due else b""
