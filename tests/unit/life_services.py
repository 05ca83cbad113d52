"""Small services in Python for the tests of the life cycle: one licence, one complaint, one grant."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import msgspec

import onewindow
from onewindow.definitions.model import (
    Action,
    Clock,
    Definition,
    Format,
    Issue,
    Item,
    Limit,
    Lodging,
    Panel,
    Stage,
    State,
)
from onewindow.engine.life.cycle import Life, act, open_life
from onewindow.kernel.actor import Actor
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words
from onewindow.kernel.working_time import HONG_KONG, OfficeHours, WorkingCalendar

SHARED = Path(onewindow.__file__).parent / "services" / "_shared"
HOURS = ((time(9), time(17, 30)),)
CALENDARS = {
    "office": WorkingCalendar("office", (OfficeHours((HOURS,) * 5 + ((), ())),), {date(2026, 6, 19): ()}),
    "always": WorkingCalendar("always"),
}
LODGED_AT = datetime(2026, 6, 1, 10, 0, tzinfo=HONG_KONG)


def words(text: str) -> Words:
    return Words(text, text, text)


def shared_actions() -> dict[str, Action]:
    """The real actions.toml, read plainly: the tests exercise what services use."""
    table = tomllib.loads((SHARED / "actions.toml").read_text("utf-8"))["action"]
    return {name: _action(name, written) for name, written in table.items()}


def _action(name: str, written: dict[str, object]) -> Action:
    values = {key: written[key] for key in ("of", "state", "outcome", "result") if key in written}
    return Action(
        name,
        words(name),
        by=tuple(written["by"]),
        does=tuple(written["does"]),
        allowed_in=tuple(written.get("while", ())),
        tells=tuple(written.get("tells", ())),
        items=_items(written.get("items", {})),
        **values,
    )


def _items(table: dict[str, object]) -> Item | None:
    coded = [name for name, value in table.items() if isinstance(value, dict) and "code:" in str(value.get("is"))]
    leaves = tuple(Item(name, name, Format("text", "code"), words(name), codes=name) for name in coded)
    return Item("", "", Format("object", "object"), words("body"), children=leaves) if leaves else None


def definition(stages: tuple[Stage, ...], states: str, **more: object) -> Definition:
    names = states.split()
    ends = {"issued", "refused", "withdrawn", "answered", "completed", "revoked"}
    settings: dict[str, object] = {
        "actions": shared_actions(),
        "lodging": Lodging(
            by=("trader",), amend=("vetting", "queried"), withdraw=("vetting", "queried"), reply=("queried",)
        ),
        "done_state": "issued",
        "agency": "afcd",
    }
    return Definition(
        id="sample",
        family="licence",
        version="1",
        valid=Period(),
        title=words("Sample"),
        purpose=words("Sample"),
        root=Item("", "", Format("object", "object"), words("Sample")),
        rules=(),
        states=tuple(State(name, words(name), words(name), end=name in ends) for name in names),
        stages=stages,
        **(settings | more),
    )


def due(**limit: int) -> Clock:
    (unit, amount), *_ = limit.items()
    return Clock("due", Limit(unit, amount))


VET = ("claim", "unclaim", "query", "approve", "refuse", "send-back", "message")
LICENCE = definition(
    (
        Stage("vetting", words("Vetting"), "afcd", "licensing-officer", actions=VET, clocks=(due(working_days=2),)),
        Stage("checking", words("Checking"), "ced", "checker", actions=VET, clocks=(due(hours=24),)),
        Stage(
            "inspection",
            words("Inspection"),
            "afcd",
            "inspector",
            after=("vetting",),
            when="x",
            actions=("claim", "inspect", "detain", "undetain", "refuse"),
            clocks=(due(working_hours=4),),
        ),
    ),
    "vetting queried checking inspection detained issued refused withdrawn revoked bundled",
    issue=Issue(
        words("Licence"),
        Limit("months", 6),
        number_prefix="IL",
        account_each="specimens",
        account_quantity="quantity",
        account_unit="unit",
    ),
)
COMPLAINT_STAGES = (
    Stage(
        "triage",
        words("Triage"),
        "centre",
        "agent",
        state="registered",
        actions=("claim", "unclaim", "split", "answer", "message"),
        clocks=(due(hours=3),),
    ),
    Stage(
        "department",
        words("Department"),
        "",
        "caseworker",
        opens="split",
        state="with-department",
        actions=("claim", "not-ours", "message", "answer", "query", "refuse"),
        clocks=(due(days=30),),
    ),
    Stage(
        "closing",
        words("Closing"),
        "centre",
        "agent",
        after=("department",),
        actions=("claim", "answer"),
        state="closing",
    ),
)
COMPLAINT = definition(
    COMPLAINT_STAGES,
    "registered with-department queried closing answered withdrawn refused",
    agency="centre",
    done_state="answered",
)
COMPLAINT = replace(
    COMPLAINT,
    actions={**COMPLAINT.actions, "reopen": replace(COMPLAINT.actions["reopen"], allowed_in=("answered",))},
)
PANEL = Panel(
    quorum=3,
    criteria=(("impact", words("Impact"), 10), ("cost", words("Cost"), 10)),
    pass_mark=Decimal(12),
)
GRANT = definition(
    (
        Stage("eligibility", words("Eligibility"), "sief", "secretary", actions=("claim", "accept", "refuse")),
        Stage(
            "panel", words("Panel"), "sief", "member", after=("eligibility",), actions=("score", "recuse"), panel=PANEL
        ),
        Stage("report", words("Report"), "", "", after=("panel",), each="milestones", actions=("report",)),
        Stage(
            "payment",
            words("Payment"),
            "sief",
            "secretary",
            after=("report",),
            each="milestones",
            actions=("claim", "pay", "send-back"),
            clocks=(due(days=14),),
        ),
    ),
    "eligibility panel report payment completed refused withdrawn",
    agency="sief",
    done_state="completed",
)

LODGER = Actor("company:1", roles=frozenset({"lodger"}))
SYSTEM_ACTOR = Actor("system:engine", roles=frozenset({"system"}))


def officer(agency: str, role: str, user: str = "ada") -> Actor:
    return Actor(f"agency:{agency}", user=user, roles=frozenset({role}))


VETTER = officer("afcd", "licensing-officer")
CHECKER = officer("ced", "checker", "bea")
INSPECTOR = officer("afcd", "inspector", "cho")
AGENT = officer("centre", "agent", "dee")
SECRETARY = officer("sief", "secretary", "eva")
REFERENCE = "7Q2K-M4XD-91TB"
DOCUMENT = {"specimens": [{"quantity": "10", "unit": "KGM"}, {"quantity": "2.5", "unit": "PCE"}]}


def begin(service: Definition, stages: str, **rows: int) -> Life:
    opening = msgspec.json.encode({"stages": stages.split(), "rows": rows})
    return open_life(service, opening, LODGED_AT, CALENDARS, reference=REFERENCE)


def do(
    service: Definition,
    life: Life,
    action: str,
    leg: str,
    actor: Actor,
    body: dict[str, object] | None = None,
    at: datetime = LODGED_AT,
    **more: object,
) -> Life:
    return act(service, life, action, leg, body or {}, actor, at, CALENDARS, document=DOCUMENT, **more).life
