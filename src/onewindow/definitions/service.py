"""Reads one service folder (or one of its further transactions) into a Definition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from onewindow.definitions.expressions import walk_to
from onewindow.definitions.flow import read_actions, read_limit, read_stages, read_states
from onewindow.definitions.items import ItemReader
from onewindow.definitions.model import Definition, Effect, Fee, Issue, Lodging, Stage
from onewindow.definitions.rules import read_rules
from onewindow.definitions.source import Source, Table
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.kernel.period import Period

FAMILIES = (
    "licence", "certificate", "notification", "declaration", "manifest", "advance-cargo", "scheme", "contact",
    "application", "grant", "consultation", "consultancy", "internal",
)  # fmt: skip
TRADE = FAMILIES[:7]
_KEYS = {
    "id", "family", "agency", "version", "valid", "reopens", "title", "purpose", "law", "basis", "un1001", "xml",
    "reference", "summary", "counterparties", "lodging", "states", "stage", "action", "done", "issue", "effect", "fee",
    "note",
}  # fmt: skip
_FEE_KEYS = {"name", "title", "amount", "law", "valid", "dated_by", "when", "currency"}


def read_service(
    folder: Path, vocabulary: Vocabulary, parent: Definition | None = None, *, version_of: Path | None = None
) -> Definition:
    """The definition in `folder`. A further transaction takes family, agency, law and valid from its parent.

    `version_of` is the service's own folder, when `folder` holds another version of it. Raises DefinitionError with
    file, line and cure.
    """
    source = Source(folder / "service.toml", vocabulary.root)
    table = _inherited(source, parent)
    source.only(table, _KEYS)
    identifier = _identifier(source, version_of or folder, table, parent)
    version = _version(source, table, parent.version if parent else folder.name if version_of else "")
    family = str(table.get("family", ""))
    if family not in FAMILIES:
        raise source.error(f"no family {family!r}", f"families: {', '.join(FAMILIES)}", "family")
    items = Source(folder / "items.toml", vocabulary.root)
    title = source.words(table.get("title", {}), "title")
    xml = source.table(table.get("xml", {}), "xml")
    root = ItemReader(items, vocabulary, strict=family in TRADE).root(items.data, title)
    states = read_states(source, source.table(table.get("states", {}), "states"))
    stages = read_stages(source, table.get("stage", []))
    lodging = _lodging(source, source.table(table.get("lodging", {}), "lodging"), stages)
    own_actions = source.table(table.get("action", {}), "action")
    definition = Definition(
        id=identifier,
        family=family,
        agency=str(table.get("agency", "")),
        version=version,
        valid=_period(source, table, "valid"),
        reopens=table.get("reopens") is True,
        title=title,
        purpose=source.words(table.get("purpose", {}), "purpose"),
        root=root,
        rules=read_rules(Source(folder / "rules.toml", vocabulary.root), root, vocabulary),
        states=states,
        stages=stages,
        actions=read_actions(source, own_actions, vocabulary, _wanted(stages, lodging, table)),
        lodging=lodging,
        done_state=str(source.table(table.get("done", {}), "done").get("state", "done")),
        law=str(table.get("law", "")),
        basis="seen" if table.get("basis") == "seen" else "assumed",
        un1001=str(table.get("un1001", "")),
        xml_root=str(xml.get("root", "Declaration")),
        xml_types=source.strings(xml.get("type_code", []), "xml"),
        reference=str(table.get("reference", "")),
        summary=source.strings(table.get("summary", []), "summary"),
        counterparties=source.strings(table.get("counterparties", []), "counterparties"),
        issue=_issue(source, source.table(table["issue"], "issue")) if "issue" in table else None,
        effects=tuple(_effect(source, source.table(row, "effect")) for row in _list(table, "effect")),
        fees=tuple(_fee(source, source.table(row, "fee")) for row in _list(table, "fee")),
        parent=parent.id if parent else "",
        folder=folder.relative_to(vocabulary.root).as_posix()
        if folder.is_relative_to(vocabulary.root)
        else str(folder),
    )
    _check_names(source, definition)
    _check_breaches(source, definition)
    return _with_states(source, definition, vocabulary)


def _inherited(source: Source, parent: Definition | None) -> Table:
    if parent is None:
        return source.data
    basics = {"family": parent.family, "agency": parent.agency, "law": parent.law, "basis": parent.basis}
    return {**basics, "valid": str(parent.valid), "version": parent.version, **source.data}


def _identifier(source: Source, folder: Path, table: Table, parent: Definition | None) -> str:
    written, expected = str(table.get("id", "")), folder.name.replace("_", "-")
    if parent:
        return f"{parent.id}.{expected}"
    if written != expected:
        raise source.error(f"id {written!r} is not the folder's name", f'write id = "{expected}"', "id")
    return written


def _version(source: Source, table: Table, expected: str) -> str:
    """The version as written: below `versions/` the folder's name, in a further transaction its service's."""
    written = str(table.get("version", "1"))
    if expected and written != expected:
        where = "the name of its folder, or of its service's version"
        raise source.error(f"version {written!r} is not {where}", f'write version = "{expected}"', "version")
    return written


def _period(source: Source, table: Table, key: str) -> Period:
    try:
        return Period.parse(str(table.get(key, "..")))
    except ValueError as error:
        raise source.error(str(error), "write FROM/TO", key) from error


def _list(table: Table, key: str) -> list[object]:
    rows = table.get(key, [])
    return rows if isinstance(rows, list) else []


def _lodging(source: Source, table: Table, stages: tuple[Stage, ...]) -> Lodging:
    source.only(table, {"by", "principal", "channels", "amend", "withdraw", "reply"}, "lodging")
    by = source.strings(table.get("by", []), "lodging", "by")
    if not by:
        raise source.error("nobody may lodge", 'write [lodging] by = ["trader"] or ["anyone"]', "lodging")
    return Lodging(
        by=by,
        principal=str(table.get("principal", "")),
        channels=source.strings(table.get("channels", ["web", "api", "file"]), "lodging", "channels"),
        amend=source.strings(table.get("amend", []), "lodging", "amend"),
        withdraw=source.strings(table.get("withdraw", []), "lodging", "withdraw"),
        reply=source.strings(
            table.get("reply", ["queried"] if any("query" in stage.actions for stage in stages) else []),
            "lodging",
            "reply",
        ),
    )


def _issue(source: Source, table: Table) -> Issue:
    source.only(table, {"title", "validity", "fields", "number_prefix", "account"}, "issue")
    account = source.table(table.get("account", {}), "issue", "account")
    return Issue(
        title=source.words(table.get("title", {}), "issue"),
        validity=read_limit(source, table["validity"], "issue", "validity") if "validity" in table else None,
        fields=source.strings(table.get("fields", []), "issue", "fields"),
        number_prefix=str(table.get("number_prefix", "")),
        account_each=str(account.get("each", "")),
        account_quantity=str(account.get("quantity", "")),
        account_unit=str(account.get("unit", "")),
    )


def _effect(source: Source, table: Table) -> Effect:
    source.only(table, {"on", "refers", "act", "with", "when"}, "effect")
    values = source.table(table.get("with", {}), "effect", "with")
    return Effect(
        str(table.get("on", "lodged")),
        str(table.get("refers", "")),
        str(table.get("act", "")),
        {key: str(value) for key, value in values.items()},
        str(table.get("when", "")),
    )


def _fee(source: Source, table: Table) -> Fee:
    source.only(table, _FEE_KEYS, "fee")
    name = str(table.get("name", ""))
    return Fee(
        name=name,
        title=source.words(table.get("title", {}), "fee", name),
        amount=str(table.get("amount", "0")),
        law=str(table.get("law", "")),
        valid=_period(source, table, "valid"),
        dated_by=str(table.get("dated_by", "")),
        when=str(table.get("when", "")),
        currency=str(table.get("currency", "HKD")),
        place=source.place("fee", name),
    )


def _wanted(stages: tuple[Stage, ...], lodging: Lodging, table: Table) -> set[str]:
    wanted = {action for stage in stages for action in stage.actions}
    wanted |= {name for stage in stages if stage.panel for name in (stage.panel.passed, stage.panel.failed)}
    wanted |= {clock.breach for stage in stages for clock in stage.clocks if clock.breach}
    issue = table.get("issue", {})
    if isinstance(issue, dict) and "account" in issue:
        wanted |= {"reserve", "commit", "restore"}
    pairs = (("amend", lodging.amend), ("withdraw", lodging.withdraw), ("reply", lodging.reply))
    return wanted | {name for name, states in pairs if states}


def _check_names(source: Source, definition: Definition) -> None:
    named: list[tuple[str, str]] = [(name, "summary") for name in definition.summary]
    named += [(name, "counterparties") for name in definition.counterparties]
    named += [(definition.reference, "reference")] if definition.reference else []
    named += [(definition.lodging.principal, "lodging")] if definition.lodging.principal else []
    named += [(stage.each, stage.name) for stage in definition.stages if stage.each]
    named += [(effect.refers, "effect") for effect in definition.effects]
    named += [(name, "issue") for name in (definition.issue.fields if definition.issue else ())]
    for name, key in named:
        way = walk_to(definition.root, name)
        if way is None:
            raise source.error(f"{key} names no item {name!r}", "correct the name", key)
        if key == "summary" and any(item.sensitive for item in way):
            raise source.error(f"summary shows the sensitive item {name!r}", "leave it out", key)


def _check_breaches(source: Source, definition: Definition) -> None:
    """What happens when a clock runs out happens by itself: nobody is there to fill in a body."""
    for stage in definition.stages:
        for name in (clock.breach for clock in stage.clocks if clock.breach):
            action = definition.actions[name]
            if "system" not in action.by:
                raise source.error(f"{name} is not the system's to do", 'write by = ["system"]', "action", name)
            if action.items and any(item.required for item in action.items.children):
                raise source.error(f"{name} wants a body", "make its items optional", "action", name, "items")


def _with_states(source: Source, definition: Definition, vocabulary: Vocabulary) -> Definition:
    """The definition with the shared states it uses but does not describe. Raises DefinitionError for unknown ones."""
    shared = {state.name: state for state in read_states(vocabulary.states, vocabulary.states.data)}
    known = {state.name: state for state in definition.states}
    for name, key in _states_used(definition):
        if name not in known and name not in shared:
            raise source.error(f"{key} uses the state {name!r}, which is not described", f"write [states.{name}]", key)
        known.setdefault(name, shared.get(name) or known[name])
    return replace(definition, states=tuple(known.values()))


def _states_used(definition: Definition) -> list[tuple[str, str]]:
    lodging = definition.lodging
    used = [(state, "lodging") for state in (*lodging.amend, *lodging.withdraw, *lodging.reply)]
    used += [(stage.state, stage.name) for stage in definition.stages if stage.opens == "itself"]
    used += [(action.state, action.name) for action in definition.actions.values() if action.state]
    return [*used, (definition.done_state, "done")]
