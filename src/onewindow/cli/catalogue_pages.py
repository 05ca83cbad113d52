"""The catalogue as pages that an agency can read and correct. Pure: from definitions to text, the same every day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from onewindow.definitions.catalogue import Catalogue
from onewindow.definitions.codes import CodeList
from onewindow.definitions.model import Action, Clock, Definition, Fee, Item, Rule, Stage, State
from onewindow.kernel.words import Words

GENERATED = "<!-- Written by `make catalogue` from src/onewindow/services. Correct it there. -->"
_BASIS = {"seen": "seen in the source", "assumed": "assumed, to be confirmed by the agency"}
_ITEM_COLUMNS = (
    "item", "WCO", "format", "codes", "required", "English", "繁體中文", "简体中文", "why not in the dictionary",
)  # fmt: skip
_RULE_COLUMNS = ("code", "finding", "kind, item", "law", "what the lodger reads", "remedy")


def catalogue_pages(catalogue: Catalogue) -> dict[str, str]:
    """File name → Markdown: `README.md` lists the services, `<service id>.md` tells all of one."""
    agencies = catalogue.vocabulary.lists["agency"]
    pages = {"README.md": _page(_overview(catalogue, agencies))}
    for service in catalogue.services():
        further = [one for one in catalogue.transactions(service) if one.parent]
        pages[f"{service.id}.md"] = _page(_service(service, further, catalogue.versions(service.id), agencies))
    return pages


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _overview(catalogue: Catalogue, agencies: CodeList) -> Iterator[str]:
    yield from (GENERATED, "# Catalogue", "")
    yield "Every service of the project, as its definition says. `assumed` marks what could not be looked up: the"
    yield "agency's correction is wanted. How to read and change a definition: [the language](../language.md)."
    yield ""
    rows = []
    for service in catalogue.services():
        transactions = catalogue.transactions(service)
        title = f"[{_cell(service.title.en)}]({service.id}.md)<br>{service.title.zh_hant}<br>{service.title.zh_hans}"
        rules = {rule.code for one in transactions for rule in one.rules}
        figures = (len(service.leaves()), len(rules), len(service.stages), _pledges(transactions))
        rows.append([title, service.family, _agency(service.agency, agencies), _law(service), *map(str, figures)])
    yield from _table(("service", "family", "agency", "law", "items", "rules", "stages", "pledges"), rows)


def _pledges(transactions: Iterable[Definition]) -> int:
    return sum(len(stage.clocks) for one in transactions for stage in one.stages)


def _service(
    service: Definition, further: list[Definition], versions: Sequence[Definition], agencies: CodeList
) -> Iterator[str]:
    yield from (GENERATED, f"# {service.title.en}", "", f"{service.title.zh_hant} · {service.title.zh_hans}", "")
    yield from _three(service.purpose)
    yield from _facts(service, versions, agencies)
    yield from _inside(service, agencies, "##")
    if further:
        yield from ("", "## Further transactions")
    for one in further:
        yield from ("", f"### {one.title.en}", "", f"`{one.id}` · {one.title.zh_hant} · {one.title.zh_hans}", "")
        yield from _three(one.purpose)
        yield from _inside(one, agencies, "####")


def _three(words: Words) -> Iterator[str]:
    for text in (words.en, words.zh_hant, words.zh_hans):
        yield from (text, "")


def _facts(service: Definition, versions: Sequence[Definition], agencies: CodeList) -> Iterator[str]:
    lodging = service.lodging
    facts = {
        "id": f"`{service.id}`, version {service.version}, in force {service.valid}",
        "versions": ", ".join(f"{one.version}: {one.valid}" for one in versions) if len(versions) > 1 else "",
        "family": service.family,
        "agency": _agency(service.agency, agencies),
        "law": _law(service),
        "lodged by": ", ".join(lodging.by),
        "doors": ", ".join(lodging.channels),
        "on behalf of": f"`{lodging.principal}`" if lodging.principal else "",
        "amended while": ", ".join(lodging.amend),
        "withdrawn while": ", ".join(lodging.withdraw),
        "UN/EDIFACT document (1001)": service.un1001,
        "XML root": f"`{service.xml_root}` {' '.join(service.xml_types)}".strip(),
    }
    yield from _table(("", ""), [[name, value] for name, value in facts.items() if value])


def _inside(one: Definition, agencies: CodeList, level: str) -> Iterator[str]:
    """What a service and each of its further transactions have alike."""
    yield from _section(
        f"{level} States", ("state", "English", "繁體中文", "简体中文", "what happens next"), _states(one)
    )
    yield from _section(
        f"{level} Stages", ("stage", "agency, role", "opens", "actions", "pledges"), _stages(one, agencies)
    )
    yield from _section(f"{level} Items", _ITEM_COLUMNS, _items(one.root))
    yield from _section(f"{level} Rules", _RULE_COLUMNS, [_rule(rule) for rule in one.rules])
    own = [action for action in one.actions.values() if action.items]
    yield from _section(f"{level} Acts", ("act", "words", "by", "what it carries"), [_action(one) for one in own])
    yield from _section(f"{level} Fees", ("fee", "words", "law", "when", "amount"), [_fee(fee) for fee in one.fees])
    yield from _issued(one, level)
    effects = [[f"`{e.on}`", f"`{e.refers}`", f"`{e.act}`", _code(e.when)] for e in one.effects]
    yield from _section(f"{level} Effects on other submissions", ("on", "the one named in", "act", "when"), effects)


def _states(one: Definition) -> list[list[str]]:
    return [_state(state) for state in one.states]


def _state(state: State) -> list[str]:
    ends = " (end)" if state.end else ""
    return [f"`{state.name}`{ends}", state.title.en, state.title.zh_hant, state.title.zh_hans, _all(state.next)]


def _stages(one: Definition, agencies: CodeList) -> list[list[str]]:
    return [_stage(stage, agencies) for stage in one.stages]


def _stage(stage: Stage, agencies: CodeList) -> list[str]:
    opens = ["only by a split" if stage.opens == "split" else f"after {', '.join(stage.after)}" if stage.after else ""]
    opens += [f"for each of `{stage.each}`" if stage.each else "", f"when {_code(stage.when)}" if stage.when else ""]
    told = f", with {', '.join(_agency(name, agencies) for name in stage.tells)}" if stage.tells else ""
    return [
        f"`{stage.name}`<br>{_all(stage.title)}",
        f"{_agency(stage.agency, agencies)}, {stage.role}{told}",
        "<br>".join(filter(None, opens)) or "at lodging",
        ", ".join(stage.actions),
        "<br>".join(_clock(clock) for clock in stage.clocks),
    ]


def _clock(clock: Clock) -> str:
    limit = f"{clock.name}: {clock.limit.amount} {clock.limit.unit.replace('_', ' ')}"
    return f"{limit}<br>{_all(clock.words)}" if clock.words else limit


def _items(item: Item) -> list[list[str]]:
    return [row for child in item.children for row in (_item(child), *_items(child))]


def _item(item: Item) -> list[str]:
    times = f" × {item.repeat[0]}–{item.repeat[1]}" if item.repeat else ""
    name = f"**`{item.path}`**" if item.is_object else f"`{item.path}`"
    return [
        name + times,
        item.id,
        "group" if item.is_object else item.format.written,
        item.codes,
        "yes" if item.required else "",
        item.words.en + (" (personal)" if item.sensitive else ""),
        item.words.zh_hant,
        item.words.zh_hans,
        item.own,
    ]


def _rule(rule: Rule) -> list[str]:
    where = f"`{rule.item}`" if rule.item else "the document"
    law = ", ".join(filter(None, (rule.law, rule.basis)))
    period = f"<br>{rule.valid}" if rule.valid.first or rule.valid.last else ""
    reading = f"<br>read as: {_cell(rule.reading)}" if rule.reading else ""
    severity = rule.severity + (", standing" if rule.standing else "")
    return [rule.code, severity, f"{rule.kind}, {where}", law + period + reading, _all(rule.words), _all(rule.remedy)]


def _action(action: Action) -> list[str]:
    carried = ", ".join(f"`{item.name}`" for item in action.items.children) if action.items else ""
    return [f"`{action.name}`", _all(action.title), ", ".join(action.by), carried]


def _fee(fee: Fee) -> list[str]:
    period = f"<br>{fee.valid}" if fee.valid.first or fee.valid.last else ""
    amount = f"{fee.currency} {_code(fee.amount)}"
    return [f"`{fee.name}`", _all(fee.title), (fee.law or "assumed") + period, _code(fee.when), amount]


def _issued(one: Definition, level: str) -> Iterator[str]:
    if not one.issue:
        return
    life = one.issue.validity
    yield from ("", f"{level} What is issued", "", f"{_all(one.issue.title)}", "")
    yield "Valid " + (f"for {life.amount} {life.unit.replace('_', ' ')}" if life else "without an end")
    if one.issue.account_each:
        yield f"with a balance of `{one.issue.account_quantity}` for each of `{one.issue.account_each}`"
    if one.issue.fields:
        yield f"showing {', '.join(f'`{name}`' for name in one.issue.fields)}."


def _section(heading: str, columns: tuple[str, ...], rows: list[list[str]]) -> Iterator[str]:
    if rows:
        yield from ("", heading, "")
        yield from _table(columns, rows)


def _table(columns: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    """Text that stays inside its cell. What is escaped already is left as it is."""
    return " ".join(text.replace("\\|", "|").replace("|", "\\|").split())


def _code(expression: str) -> str:
    return f"`{expression}`" if expression else ""


def _all(words: Words) -> str:
    return "<br>".join((words.en, words.zh_hant, words.zh_hans))


def _law(service: Definition) -> str:
    return ", ".join(filter(None, (service.law, _BASIS[service.basis])))


def _agency(code: str, agencies: CodeList) -> str:
    words = agencies.words(code) or agencies.words(code.upper())
    return f"{words.en} (`{code}`)" if words else f"`{code}`"


def differences(pages: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Names of pages that are missing, left over or not as they should be, sorted."""
    return sorted(name for name in pages.keys() | found.keys() if pages.get(name) != found.get(name))
