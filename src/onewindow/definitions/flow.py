"""Reads the journey of a submission from `service.toml`: states, stages, clocks, panels, actions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, cast

from onewindow.definitions.items import ItemReader
from onewindow.definitions.model import Action, Clock, Limit, Panel, Stage, State
from onewindow.definitions.source import Source, Table
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.kernel.words import Words

VERBS = {
    "claim", "unclaim", "hold", "resume", "close", "split", "bounce", "message", "score", "recuse", "issue", "reserve",
    "commit", "restore", "bind", "unbind", "bound", "reopen", "record", "revoke", "amend",
}  # fmt: skip
_STAGE_KEYS = {
    "name", "title", "agency", "role", "after", "when", "state", "each", "actions", "with", "opens", "clock", "panel",
    "outcomes", "pledge",
}  # fmt: skip
_ACTION_KEYS = {"title", "by", "does", "of", "while", "items", "state", "outcome", "result", "tells", "says"}
_CLOCK_KEYS = {"name", "limit", "calendar", "stops", "pausable", "pledge", "breach", "dated_by"}
_UNITS = ("working_days", "days", "hours", "working_hours", "months")


def read_states(source: Source, table: Table) -> tuple[State, ...]:
    """States in the order of the journey. Raises DefinitionError."""
    return tuple(_state(source, name, source.table(value, "states", name)) for name, value in table.items())


def _state(source: Source, name: str, table: Table) -> State:
    source.only(table, {"title", "next", "tone", "end"}, "states", name)
    tone = str(table.get("tone", "progress"))
    if tone not in ("progress", "waiting", "good", "bad", "closed"):
        raise source.error(f"tone {tone!r}", "progress, waiting, good, bad or closed", "states", name)
    return State(
        name,
        source.words(table.get("title", {}), "states", name),
        source.words(table.get("next", {}), "states", name),
        cast("Literal['progress', 'waiting', 'good', 'bad', 'closed']", tone),
        bool(table.get("end", False)),
    )


def read_stages(source: Source, rows: object) -> tuple[Stage, ...]:
    """Stages in the order written; `after` defaults to the one before. Raises DefinitionError."""
    stages: list[Stage] = []
    for row in rows if isinstance(rows, list) else []:
        table = source.table(row, "stage")
        stages.append(_stage(source, table, stages[-1].name if stages else ""))
    names = {stage.name for stage in stages}
    for stage in stages:
        if unknown := sorted(set(stage.after) - names):
            raise source.error(
                f"stage {stage.name}: after names {unknown[0]!r}", "name a stage of this service", stage.name
            )
    return tuple(stages)


def _stage(source: Source, table: Table, before: str) -> Stage:
    name = str(table.get("name", ""))
    source.only(table, _STAGE_KEYS, "stage", name)
    for key in ("name", "title", "agency", "role", "actions"):
        if key not in table:
            raise source.error(f"stage {name or '?'} lacks {key}", "write it", "stage", name)
    opens = str(table.get("opens", "itself"))
    after = table.get("after", [before] if before and opens == "itself" else [])
    return Stage(
        name=name,
        title=source.words(table["title"], "stage", name),
        agency=str(table["agency"]),
        role=str(table["role"]),
        after=source.strings(after, "stage", name),
        when=str(table.get("when", "")),
        state=str(table.get("state", name)),
        each=str(table.get("each", "")),
        actions=source.strings(table["actions"], "stage", name),
        tells=source.strings(table.get("with", []), "stage", name),
        opens="split" if opens == "split" else "itself",
        clocks=_clocks(source, name, table),
        panel=_panel(source, name, source.table(table["panel"], "stage", name)) if "panel" in table else None,
        place=source.place("stage", name),
    )


def _clocks(source: Source, stage: str, table: Table) -> tuple[Clock, ...]:
    rows = table.get("clock", [])
    clocks = [
        _clock(source, stage, source.table(row, "stage", stage)) for row in (rows if isinstance(rows, list) else [])
    ]
    if "pledge" in table:
        clocks.append(Clock("due", _limit(source, stage, table["pledge"])))
    return tuple(clocks)


def _clock(source: Source, stage: str, table: Table) -> Clock:
    source.only(table, _CLOCK_KEYS, "stage", stage, "clock")
    return Clock(
        name=str(table.get("name", "due")),
        limit=_limit(source, stage, table.get("limit", {})),
        calendar=str(table.get("calendar", "office")),
        stops=source.strings(table.get("stops", []), "stage", stage, "stops"),
        pausable=bool(table.get("pausable", True)),
        words=source.words(table["pledge"], "stage", stage, "pledge") if "pledge" in table else None,
        breach=str(table.get("breach", "")),
    )


def read_limit(source: Source, value: object, *keys: str) -> Limit:
    """`{ working_days = 2 }`: one unit, one whole number. Raises DefinitionError."""
    table = source.table(value, *keys)
    if len(table) != 1 or next(iter(table)) not in _UNITS or not isinstance(next(iter(table.values())), int):
        raise source.error(
            "a length of time has one unit", f"write {{ working_days = 2 }}; units: {', '.join(_UNITS)}", *keys
        )
    unit, amount = next(iter(table.items()))
    return Limit(cast("Literal['working_days', 'days', 'hours', 'working_hours', 'months']", unit), cast("int", amount))


def _limit(source: Source, stage: str, value: object) -> Limit:
    return read_limit(source, value, "stage", stage)


def _panel(source: Source, stage: str, table: Table) -> Panel:
    source.only(table, {"quorum", "criteria", "pass_mark", "passed", "failed"}, "stage", stage, "panel")
    criteria: list[tuple[str, Words, int]] = []
    for code, value in source.table(table.get("criteria", {}), "stage", stage, "panel").items():
        row = dict(source.table(value, "stage", stage, code))
        most = int(cast("int", row.pop("most", 10)))
        criteria.append((code, source.words(row, "stage", stage, code), most))
    if not criteria:
        raise source.error(f"the panel of {stage} has no criteria", "write criteria = { … }", "stage", stage, "panel")
    return Panel(
        quorum=int(cast("int", table.get("quorum", 3))),
        criteria=tuple(criteria),
        pass_mark=Decimal(str(table.get("pass_mark", "0"))),
        passed=str(table.get("passed", "endorse")),
        failed=str(table.get("failed", "refuse")),
    )


def read_actions(source: Source, own: Table, vocabulary: Vocabulary, wanted: set[str]) -> Mapping[str, Action]:
    """The actions `wanted` by the stages and by lodging, from the shared ones as changed by this service's own."""
    shared = vocabulary.actions
    found: dict[str, Action] = {}
    shared_actions = shared.table(shared.data.get("action", {}), "action")
    for name in sorted(wanted | set(own)):
        if name not in own and name not in shared_actions:
            raise source.error(
                f"no action {name!r}", "define [action." + name + "] here or in _shared/actions.toml", name
            )
        written = source if name in own else shared
        merged = {
            **dict(shared.table(shared_actions.get(name, {}), name)),
            **dict(source.table(own.get(name, {}), name)),
        }
        found[name] = _action(written, name, merged, vocabulary)
    return found


def _action(source: Source, name: str, table: Table, vocabulary: Vocabulary) -> Action:
    source.only(table, _ACTION_KEYS, "action", name)
    does = source.strings(table.get("does", []), "action", name)
    if unknown := [verb for verb in does if verb not in VERBS]:
        raise source.error(
            f"action {name}: no verb {unknown[0]!r}", f"verbs: {', '.join(sorted(VERBS))}", "action", name
        )
    if "score" in does and table.get("tells"):
        cure = "take `tells` out; the decision tells what came of them"
        raise source.error(f"action {name}: marks are sealed until all are given", cure, "action", name)
    title = source.words(table.get("title", {}), "action", name)
    items = table.get("items")
    body = (
        ItemReader(source, vocabulary, strict=False).root(source.table(items, "action", name), title) if items else None
    )
    result = str(table.get("result", ""))
    if result not in ("", "pass", "stop", "again"):
        raise source.error(f"action {name}: result {result!r}", "pass, stop or again", "action", name)
    return Action(
        name=name,
        title=title,
        by=source.strings(table.get("by", []), "action", name),
        does=does,
        of="submission" if table.get("of") == "submission" else "stage",
        allowed_in=source.strings(table.get("while", []), "action", name),
        items=body,
        state=str(table.get("state", "")),
        outcome=str(table.get("outcome", "")),
        result=cast("Literal['', 'pass', 'stop', 'again']", result),
        tells=source.strings(table.get("tells", []), "action", name),
        says=source.words(table["says"], "action", name) if "says" in table else None,
        place=source.place("action", name),
    )
