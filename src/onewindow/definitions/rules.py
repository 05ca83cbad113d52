"""Reads `rules.toml`: a few kinds, many rules; the code is the name everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

from onewindow.definitions.expressions import walk_to
from onewindow.definitions.model import Item, Rule
from onewindow.definitions.source import Source, Table
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.kernel.finding import Severity
from onewindow.kernel.period import Period

KINDS: Mapping[str, tuple[set[str], set[str]]] = {
    "required-if": ({"when", "item"}, set()),
    "forbidden-if": ({"when", "item"}, set()),
    "must-be": ({"item", "test"}, {"when"}),
    "one-of": ({"items"}, {"at_least", "at_most", "when", "item"}),
    "sum-equals": ({"item", "of"}, {"tolerance", "when"}),
    "count-equals": ({"item", "of"}, {"when"}),
    "date-order": ({"item"}, {"after", "before", "least_days", "most_days", "when"}),
    "in-list": ({"item", "list"}, {"column", "equals", "when"}),
    "unique-by": ({"item", "by"}, {"when"}),
    "same-across": ({"item"}, {"length", "unless"}),
    "check-digit": ({"item", "scheme"}, {"when"}),
    "pattern": ({"item", "regex"}, {"when"}),
    "refers-to": ({"item", "service"}, {"states", "holder", "match", "free", "in_force", "when"}),
    "within-balance": ({"item", "refers"}, {"account", "unit", "when"}),
    "attachment-clean": ({"item"}, {"when"}),
}
"""Kind → keys it must have, keys it may have."""
STANDING = {"refers-to", "within-balance", "attachment-clean"}
_COMMON = {
    "kind", "law", "basis", "reading", "severity", "valid", "dated_by", "en", "zh-Hant", "zh-Hans", "remedy",
}  # fmt: skip
_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_ITEM_KEYS = ("item", "of", "after", "before", "refers", "dated_by", "in_force")


def read_rules(source: Source, root: Item, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """Every rule of the file. Raises DefinitionError."""
    return tuple(
        _rule(source, code, source.table(table, code), root, vocabulary) for code, table in source.data.items()
    )


def _rule(source: Source, code: str, table: Table, root: Item, vocabulary: Vocabulary) -> Rule:
    if not _CODE.fullmatch(code):
        raise source.error(
            f"{code!r} is not a rule code", "write capitals and digits with hyphens: CITES-IMP-004", code
        )
    kind = str(table.get("kind", ""))
    if kind not in KINDS:
        raise source.error(f"{code}: no kind {kind!r}", f"kinds: {', '.join(KINDS)}", code, "kind")
    must, may = KINDS[kind]
    source.only(table, _COMMON | must | may, code)
    if missing := sorted(must - table.keys()):
        raise source.error(f"{code} ({kind}) lacks {', '.join(missing)}", "write it", code)
    _check_names(source, code, table, root, vocabulary)
    return Rule(
        code=code,
        kind=kind,
        item=str(table.get("item") or source.strings(table.get("items", []), code, "items")[0]),
        words=source.words({key: table.get(key, "") for key in ("en", "zh-Hant", "zh-Hans")}, code),
        remedy=source.words(table.get("remedy", {}), code, "remedy"),
        law=str(table.get("law", "")),
        basis="seen" if table.get("basis") == "seen" or ("basis" not in table and table.get("law")) else "assumed",
        reading=str(table.get("reading", "")),
        severity=_severity(source, code, table),
        valid=_period(source, code, table),
        dated_by=str(table.get("dated_by", "")),
        when=str(table.get("when", "")),
        parameters={key: value for key, value in table.items() if key in must | may and key not in {"item", "when"}},
        standing=kind in STANDING,
        place=source.place(code),
    )


def _check_names(source: Source, code: str, table: Table, root: Item, vocabulary: Vocabulary) -> None:
    names = [str(table[key]) for key in _ITEM_KEYS if key in table and str(table[key]) != "as_of"]
    names += source.strings(table.get("items", []), code, "items")
    for name in names:
        if walk_to(root, name) is None:
            known = ", ".join(child.name for child in root.children)
            raise source.error(f"{code}: no item {name!r}", f"items: {known}", code)
    if "list" in table and table["list"] not in vocabulary.lists:
        raise source.error(f"{code}: no code list {table['list']!r}", "add it to _shared/codes", code, "list")


def _severity(source: Source, code: str, table: Table) -> Severity:
    severity = table.get("severity", "error")
    if severity not in ("error", "warning"):
        raise source.error(f"{code}: severity {severity!r}", "write error or warning", code, "severity")
    return severity


def _period(source: Source, code: str, table: Table) -> Period:
    try:
        return Period.parse(str(table.get("valid", "..")))
    except ValueError as error:
        raise source.error(f"{code}: {error}", "write FROM/TO", code, "valid") from error
