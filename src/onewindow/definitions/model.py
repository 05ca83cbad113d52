"""A service as the compiler understands it: frozen values, made once at start, shared by everything.

The language itself is in docs/language.md; these are its parsed nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from onewindow.kernel.finding import Severity
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words

Kind = Literal["text", "decimal", "integer", "date", "datetime", "flag", "attachment", "object"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: file below `services/`, line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Format:
    """What a leaf may hold. `pattern` is a regular expression for the whole text (no anchors, no groups captured)."""

    kind: Kind
    written: str
    pattern: str = ""
    least_length: int = 0
    most_length: int = 0
    digits: int = 0
    decimals: int = 0
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A leaf, an object or a repeating one. `path` is the dotted name from the document's root (`goods.value`).

    `codes` names a code list. `repeat` is (least, most) rows or None. `xml` is the element path below the parent's
    (`Importer/ID`); `xml_own` is true when the elements stand in our own namespace.
    """

    name: str
    path: str
    format: Format
    words: Words
    required: bool = False
    repeat: tuple[int, int] | None = None
    children: tuple[Item, ...] = ()
    id: str = ""
    own: str = ""
    codes: str = ""
    help: Words | None = None
    xml: str = ""
    xml_own: bool = False
    sensitive: bool = False
    place: Place = Place("", 0)

    @property
    def is_object(self) -> bool:
        return self.format.kind == "object"

    @property
    def is_list(self) -> bool:
        return self.repeat is not None

    def child(self, name: str) -> Item | None:
        return next((item for item in self.children if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `parameters` are the keys of its kind, as written."""

    code: str
    kind: str
    item: str
    words: Words
    remedy: Words
    law: str = ""
    basis: Literal["seen", "assumed"] = "assumed"
    reading: str = ""
    severity: Severity = "error"
    valid: Period = Period()
    dated_by: str = ""
    when: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    standing: bool = False
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class State:
    """A state of a submission: badge word, what happens next, tone of its colour, and whether it ends the journey."""

    name: str
    title: Words
    next: Words
    tone: Literal["progress", "waiting", "good", "bad", "closed"] = "progress"
    end: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time: `amount` of `unit` (working_days, days, hours, working_hours, months)."""

    unit: Literal["working_days", "days", "hours", "working_hours", "months"]
    amount: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A pledge on a stage. It stops at the first of the actions in `stops`; `due` is the stage's own deadline.

    When it runs out the system does the action `breach`; without one it says that the pledge is broken.
    """

    name: str
    limit: Limit
    calendar: str = "office"
    stops: tuple[str, ...] = ()
    pausable: bool = True
    words: Words | None = None
    breach: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Scoring by several members: how many must score, which criteria (code → words, most marks), the pass mark."""

    quorum: int
    criteria: tuple[tuple[str, Words, int], ...]
    pass_mark: Decimal
    passed: str = "endorse"
    failed: str = "refuse"


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, after what, when. `opens` is `itself` or `split` (only by an act)."""

    name: str
    title: Words
    agency: str
    role: str
    after: tuple[str, ...] = ()
    when: str = ""
    state: str = ""
    each: str = ""
    actions: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    opens: Literal["itself", "split"] = "itself"
    clocks: tuple[Clock, ...] = ()
    panel: Panel | None = None
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class Action:
    """Something an actor may do to a leg (`of = stage`) or to the submission itself."""

    name: str
    title: Words
    by: tuple[str, ...]
    does: tuple[str, ...]
    of: Literal["stage", "submission"] = "stage"
    allowed_in: tuple[str, ...] = ()
    items: Item | None = None
    state: str = ""
    outcome: str = ""
    result: Literal["", "pass", "stop", "again"] = ""
    tells: tuple[str, ...] = ()
    says: Words | None = None
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class Lodging:
    """Who may lodge, through which doors, and in which states the lodger may still change it."""

    by: tuple[str, ...]
    principal: str = ""
    channels: tuple[str, ...] = ("web", "api", "file")
    amend: tuple[str, ...] = ()
    withdraw: tuple[str, ...] = ()
    reply: tuple[str, ...] = ("queried",)

    @property
    def anyone(self) -> bool:
        return "anyone" in self.by


@dataclass(frozen=True, slots=True)
class Issue:
    """The document issued at the end: its title, life, the items printed on it, and balances opened with it."""

    title: Words
    validity: Limit | None = None
    fields: tuple[str, ...] = ()
    number_prefix: str = ""
    account_each: str = ""
    account_quantity: str = ""
    account_unit: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a submission does to one it refers to, carried out by a follower in that one's lane."""

    on: str
    refers: str
    act: str
    values: Mapping[str, str] = field(default_factory=dict)
    when: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge with dates: `amount` is an expression that gives a decimal in `currency`."""

    name: str
    title: Words
    amount: str
    law: str = ""
    valid: Period = Period()
    dated_by: str = ""
    when: str = ""
    currency: str = "HKD"
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class Definition:
    """A version of a service (or of a further transaction, whose id is `<service>.<name>` and `parent` the service).

    `reopens`: the days before it on which no version is in force are meant.
    """

    id: str
    family: str
    agency: str
    version: str
    valid: Period
    title: Words
    purpose: Words
    root: Item
    rules: tuple[Rule, ...]
    states: tuple[State, ...]
    stages: tuple[Stage, ...]
    actions: Mapping[str, Action]
    lodging: Lodging
    done_state: str
    law: str = ""
    basis: Literal["seen", "assumed"] = "assumed"
    un1001: str = ""
    xml_root: str = "Declaration"
    xml_types: tuple[str, ...] = ()
    reference: str = ""
    summary: tuple[str, ...] = ()
    counterparties: tuple[str, ...] = ()
    issue: Issue | None = None
    effects: tuple[Effect, ...] = ()
    fees: tuple[Fee, ...] = ()
    parent: str = ""
    folder: str = ""
    reopens: bool = False

    def state(self, name: str) -> State | None:
        return next((state for state in self.states if state.name == name), None)

    def stage(self, name: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.name == name), None)

    def leaves(self) -> tuple[Item, ...]:
        """Every leaf position, a repeated group's counted once."""
        return tuple(_leaves(self.root))


def _leaves(item: Item) -> list[Item]:
    if not item.is_object:
        return [item]
    return [leaf for child in item.children for leaf in _leaves(child)]
