"""How a life begins: which legs the `lodged` event opens. A pure function of that event, so it is never kept twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from onewindow.definitions.model import Definition
from onewindow.engine.deadlines import Calendars
from onewindow.engine.life import Leg, Life, Opening, decode_opening
from onewindow.engine.life_draft import Draft
from onewindow.engine.life_journey import advance

_encoder = msgspec.json.Encoder()
_MOST_KEPT = 4096

Value = TypeVar("Value")
Rows = Mapping[str, int]
_Key = tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...], datetime]


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


class OpeningBook:
    """Openings for lodging in volume: what documents of the same minute share is computed once."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self._begun: dict[_Key, Life] = {}
        self._due: dict[_Key, bytes] = {}

    def payload(
        self, definition: Definition, stages: tuple[str, ...], rows: Rows, opening: bytes, at: datetime
    ) -> bytes:
        """The payload of a `lodged` event: `opening` as the checker wrote it (a JSON object), and the deadlines."""
        key = _key(definition, stages, rows, at)
        due = self._due.get(key)
        if due is None:
            due = _kept(self._due, key, _due(self.life(definition, stages, rows, at)))
        return opening[:-1] + due if due else opening

    def life(self, definition: Definition, stages: tuple[str, ...], rows: Rows, at: datetime) -> Life:
        """The life that lodging in this minute begins: `state` is its public state, `legs` those that are open."""
        key = _key(definition, stages, rows, at)
        known = self._begun.get(key)
        if known is None:
            opening = Opening(stages, dict(rows))
            known = _kept(self._begun, key, _begin(definition, opening, key[-1], self.calendars, ""))
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


def _key(definition: Definition, stages: tuple[str, ...], rows: Rows, at: datetime) -> _Key:
    minute = at.replace(second=0, microsecond=0)
    return definition.id, definition.version, stages, tuple(sorted(rows.items())), minute


def _kept(store: dict[_Key, Value], key: _Key, value: Value) -> Value:
    if len(store) >= _MOST_KEPT:
        store.clear()
    store[key] = value
    return value
