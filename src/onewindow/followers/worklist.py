"""From journal to work lists: a task for every leg, at the agency that has it.

This is the hot follower. What lodging opens is known from the definition and the stages named in the event, so a row is
joined from bytes made once a minute and a few fields of its own, and a batch enters by one COPY. It never looks into a
document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from onewindow.definitions.model import Definition
from onewindow.engine.life.deadlines import Calendars, next_alarm, shown_due
from onewindow.engine.life.life import Leg, Opening
from onewindow.engine.life.opening import open_life
from onewindow.followers.follow import EVERYTHING, Connection, Entry
from onewindow.kernel.task_id import task_id
from onewindow.storage import copying
from onewindow.storage.queries import query

_COLUMNS = copying.count(14)
_INFINITY = copying.binary(b"\x7f\xff\xff\xff\xff\xff\xff\xff")
_UUID_LENGTH = copying.binary(bytes(16))[:4]
_MOST_KEPT = 8192


class Definitions(Protocol):
    """Definitions by service id and version; `engine.registry.Registry` is one."""

    def definition(self, service: str, version: str) -> Definition | None: ...


class Routed(msgspec.Struct, frozen=True):
    """What the `lodged` event says of stages; `due` stays as it is written until a new text is met."""

    stages: tuple[str, ...] = ()
    rows: dict[str, int] = {}
    due: msgspec.Raw = msgspec.Raw(b"{}")


class LegFacts(msgspec.Struct, frozen=True):
    """A leg as an act left it (`engine.life.draft.leg_facts`)."""

    id: str
    stage: str
    agency: str
    role: str
    state: str
    opened_at: datetime
    holder: str = ""
    due_at: datetime | None = None
    alarm_at: datetime | None = None


class Acted(msgspec.Struct, frozen=True):
    """The part of an act's payload that work lists need."""

    legs: tuple[LegFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One leg of an opening, encoded as far as all its documents agree: before and after the task's id and summary."""

    leg: str
    times: bytes
    agency: bytes
    middle: bytes


_routed = msgspec.json.Decoder(Routed)
_acted = msgspec.json.Decoder(Acted)
_due = msgspec.json.Decoder(dict[str, dict[str, datetime]])


class WorklistFollower:
    """Follows every event; writes `task`."""

    name = "worklist"
    batch = 4000
    reads = EVERYTHING

    def __init__(self, definitions: Definitions, calendars: Calendars) -> None:
        self.definitions = definitions
        self.calendars = calendars
        self._templates: dict[tuple[object, ...], tuple[Template, ...]] = {}

    def apply(self, connection: Connection, lane: int, entries: list[Entry]) -> None:
        """Tasks of these events. What lodging opened goes in first; acts may then change it."""
        lines: list[bytes] = []
        acted: dict[tuple[str, str], tuple[Entry, LegFacts]] = {}
        lane_field = copying.smallint(lane)
        for entry in entries:
            if entry.mode == "test":
                continue
            if entry.kind == "lodged":
                self._lodged(entry, lane_field, lines)
            else:
                _acts(entry, acted)
        self._copy(connection, lines)
        if acted:
            connection.execute(query("worklist_change"), {"lane": lane, **_columns(acted)})

    def clear(self, connection: Connection) -> None:
        """All tasks."""
        connection.execute(query("worklist_clear"))

    def _copy(self, connection: Connection, lines: list[bytes]) -> None:
        if lines:
            with connection.cursor() as cursor, cursor.copy(query("worklist_copy")) as copy:
                copy.write(copying.stream(lines))

    def _lodged(self, entry: Entry, lane: bytes, lines: list[bytes]) -> None:
        routed = _routed.decode(entry.payload)
        templates = self._templates_of(entry, routed)
        identity = _UUID_LENGTH + entry.submission.bytes
        opened = copying.timestamp(entry.at)
        tail = copying.text(entry.reference) + copying.text(entry.summary)
        for leg in templates:
            name = copying.text(task_id(entry.reference, leg.leg))
            lines.append(b"".join((_COLUMNS, opened, leg.times, identity, lane, leg.agency, name, leg.middle, tail)))

    def _templates_of(self, entry: Entry, routed: Routed) -> tuple[Template, ...]:
        rows = tuple(routed.rows.items())
        due = bytes(routed.due)
        key = (
            entry.service,
            entry.definition_version,
            routed.stages,
            rows,
            due,
            b"" if due != b"{}" else entry.at.replace(second=0, microsecond=0),
        )
        known = self._templates.get(key)
        if known is None:
            if len(self._templates) >= _MOST_KEPT:
                self._templates.clear()
            known = self._templates[key] = self._made(entry, routed)
        return known

    def _made(self, entry: Entry, routed: Routed) -> tuple[Template, ...]:
        definition = self.definitions.definition(entry.service, entry.definition_version)
        if definition is None:
            return ()
        opening = Opening(routed.stages, routed.rows, due=_due.decode(routed.due))
        life = open_life(definition, msgspec.json.encode(opening), entry.at, self.calendars)
        return tuple(_template(leg, definition) for leg in life.open_legs if leg.agency)


def _template(leg: Leg, definition: Definition) -> Template:
    due, alarm = shown_due(leg.clocks), next_alarm(leg.clocks)
    times = (copying.timestamp(due) if due else _INFINITY) + (copying.timestamp(alarm) if alarm else copying.NULL)
    middle = b"".join(map(copying.text, (leg.role, definition.id, definition.version, leg.stage, leg.state)))
    return Template(leg.id, times, copying.text(leg.agency), middle)


def _acts(entry: Entry, acted: dict[tuple[str, str], tuple[Entry, LegFacts]]) -> None:
    for leg in _acted.decode(entry.payload).legs:
        if leg.agency:
            acted[leg.agency, task_id(entry.reference, leg.id)] = entry, leg


def _columns(acted: Mapping[tuple[str, str], tuple[Entry, LegFacts]]) -> dict[str, list[object]]:
    rows = [_row(name, entry, leg) for (_, name), (entry, leg) in acted.items()]
    return {column: [row[column] for row in rows] for column in rows[0]}


def _row(name: str, entry: Entry, leg: LegFacts) -> dict[str, object]:
    return {
        "opened_at": leg.opened_at,
        "due_at": leg.due_at,
        "alarm_at": leg.alarm_at,
        "closed_at": entry.at if leg.state == "closed" else None,
        "submission": entry.submission,
        "version": entry.version,
        "agency": leg.agency,
        "id": name,
        "role": leg.role,
        "service": entry.service,
        "definition_version": entry.definition_version,
        "stage": leg.stage,
        "state": leg.state,
        "holder": leg.holder,
        "reference": entry.reference,
        "summary": entry.summary,
    }
