"""What somebody may read of events: words among agencies are theirs, a note to colleagues is theirs alone, and the
marks of a panel stay sealed until all are given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from onewindow.application.ports import StoredEvent
from onewindow.kernel.actor import Actor


class _Sides(msgspec.Struct, frozen=True):
    """Who acted (`agency:…`, `lodger`, `system`), for whom a message is, and whom the event tells."""

    by: str = ""
    to: str = ""
    tells: tuple[str, ...] = ()
    scored: int = 0
    decided: str | bool = ""


_sides = msgspec.json.Decoder(_Sides)


def events_as_seen(events: Iterable[StoredEvent], actor: Actor) -> list[StoredEvent]:
    """The events of a submission as `actor` may see them, in their order.

    An agency sees everything but the notes of others to their colleagues, and marks once the panel has decided. A
    lodger sees that an agency acted, and what it said only where the act tells the lodger.
    """
    read = [(event, _sides_of(event)) for event in events]
    decided = any(sides.decided for _, sides in read)
    seen = (
        _as_seen(event if decided or not sides.scored else _without_answers(event), sides, actor)
        for event, sides in read
    )
    return [event for event in seen if event is not None]


def _sides_of(event: StoredEvent) -> _Sides:
    try:
        return _sides.decode(event.payload)
    except msgspec.MsgspecError:
        return _Sides()


def _as_seen(event: StoredEvent, sides: _Sides, actor: Actor) -> StoredEvent | None:
    if not sides.by.startswith("agency:") or sides.by == actor.party:
        return event
    if actor.agency:
        return None if sides.to == "internal" else event
    if sides.to in ("departments", "internal"):
        return None
    return event if "lodger" in sides.tells else _without_answers(event)


def _without_answers(event: StoredEvent) -> StoredEvent:
    """That it happened, without what was filled in."""
    facts = msgspec.json.decode(event.payload)
    facts.pop("codes", None)
    return replace(event, payload=msgspec.json.encode(facts), detail=b"")
