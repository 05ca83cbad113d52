"""What somebody may read of an event: words among agencies are theirs, and a note to colleagues is theirs alone."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from onewindow.application.ports import StoredEvent
from onewindow.kernel.actor import Actor


class _Sides(msgspec.Struct, frozen=True):
    """Who acted (`agency:…`, `lodger`, `system`), for whom a message is, and whom the event tells."""

    by: str = ""
    to: str = ""
    tells: tuple[str, ...] = ()


_sides = msgspec.json.Decoder(_Sides)


def event_as_seen(event: StoredEvent, actor: Actor) -> StoredEvent | None:
    """The event as `actor` may see it; None when it may not know of it.

    An agency sees everything but the notes of others to their colleagues. A lodger sees that an agency acted, and its
    words only where the act tells the lodger.
    """
    try:
        sides = _sides.decode(event.payload)
    except msgspec.MsgspecError:
        return event
    if not sides.by.startswith("agency:") or sides.by == actor.party:
        return event
    if actor.agency:
        return None if sides.to == "internal" else event
    if sides.to in ("departments", "internal"):
        return None
    return event if "lodger" in sides.tells else replace(event, detail=b"")
