"""A life being changed by one act. Verbs and the journey write on it; `cycle` turns it into a Step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from onewindow.definitions.model import Action, Definition, Stage
from onewindow.engine.life.deadlines import Calendars, next_alarm, shown_due, start_clocks, stop
from onewindow.engine.life.ledger import Posted, Posting
from onewindow.engine.life.life import IssuedDocument, Leg, Life, Opening


@dataclass(slots=True)
class Draft:
    """The life so far, and what has changed.

    `document` holds the lodged document's values where an issue needs them, `opening` what an amendment opens, and
    `end_state` the state an act wants the journey to end in, should it end with it. `was` is the state
    before the act, `decision` what a panel decided.
    """

    definition: Definition
    life: Life
    at: datetime
    calendars: Calendars
    document: Mapping[str, object] = field(default_factory=dict)
    opening: Opening | None = None
    end_state: str = ""
    was: str = ""
    decision: Action | None = None
    changed: dict[str, None] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    issued: IssuedDocument | None = None
    facts: dict[str, object] = field(default_factory=dict)

    def set(self, **changes: object) -> None:
        """Change fields of the life."""
        self.life = msgspec.structs.replace(self.life, **changes)

    def put(self, leg: Leg, **changes: object) -> Leg:
        """Keep `leg` with `changes`; its version goes up by one an act."""
        version = leg.version if leg.id in self.changed else leg.version + 1
        self.changed.setdefault(leg.id)
        after = msgspec.structs.replace(leg, **changes, version=version)
        self.set(legs=tuple(after if one.id == leg.id else one for one in self.life.legs))
        return after

    def open(self, stage: Stage, *, agency: str = "", parent: str = "", row: int = 0, note: str = "") -> Leg:
        """A new leg of `stage`, its clocks running from now."""
        siblings = sum(1 for leg in self.life.legs if leg.parent == parent)
        leg = Leg(
            id=f"{parent}.{siblings + 1}" if parent else str(siblings + 1),
            stage=stage.name,
            agency=agency or stage.agency,
            role=stage.role,
            public=stage.state or stage.name,
            opened_at=self.at,
            parent=parent,
            row=row,
            note=note,
            clocks=start_clocks(stage, self.at, self.calendars),
        )
        self.set(legs=(*self.life.legs, leg))
        self.changed.setdefault(leg.id)
        return leg

    def close(self, leg: Leg, *, outcome: str, result: str) -> Leg:
        """The leg at its end; all its clocks stop."""
        clocks = tuple(stop(clock, self.at) for clock in leg.clocks)
        return self.put(leg, state="closed", outcome=outcome, result=result, closed_at=self.at, clocks=clocks)

    def close_all(self, *, outcome: str) -> None:
        """End every leg that is still open."""
        for leg in self.life.open_legs:
            self.close(leg, outcome=outcome, result="stop")

    def post(self, posted: Posted) -> None:
        """Keep a ledger and its postings."""
        ledger, postings = posted
        self.set(ledger=ledger)
        self.postings.extend(postings)

    def children(self, leg: Leg) -> tuple[Leg, ...]:
        return tuple(one for one in self.life.legs if one.parent == leg.id)

    def stage_of(self, leg: Leg) -> Stage:
        stage = self.definition.stage(leg.stage)
        assert stage is not None, f"a leg of stage {leg.stage}, which {self.definition.id} does not have"
        return stage


def leg_facts(leg: Leg) -> dict[str, object]:
    """What work lists and clocks need to know of a leg; kept in the event that changed it."""
    facts: dict[str, object] = {
        "id": leg.id,
        "stage": leg.stage,
        "agency": leg.agency,
        "role": leg.role,
        "state": leg.state,
        "opened_at": leg.opened_at,
    }
    optional = {
        "holder": leg.holder,
        "row": leg.row,
        "parent": leg.parent,
        "outcome": leg.outcome,
        "due_at": shown_due(leg.clocks),
        "alarm_at": next_alarm(leg.clocks),
    }
    return facts | {name: value for name, value in optional.items() if value}
