"""Reads `items.toml` and the shared groups into a tree of items."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from onewindow.definitions.formats import parse_format
from onewindow.definitions.model import Format, Item
from onewindow.definitions.source import Source, Table
from onewindow.definitions.vocabulary import Vocabulary
from onewindow.kernel.words import Words

OBJECT = Format("object", "object")
_TEXT = Format("text", "code")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEYS = {
    "is",
    "required",
    "codes",
    "repeat",
    "own",
    "en",
    "zh-Hant",
    "zh-Hans",
    "help",
    "omit",
    "need",
    "xml",
    "sensitive",
    "format",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One written item: its name, the settings, and (for a table) the items inside."""

    name: str
    settings: Table
    inside: Table | None
    keys: tuple[str, ...]


class ItemReader:
    """Reads the items of one file. `strict` demands an `own` reason of every leaf without a dictionary element."""

    def __init__(self, source: Source, vocabulary: Vocabulary, *, strict: bool) -> None:
        self.source = source
        self.vocabulary = vocabulary
        self.strict = strict

    def root(self, table: Table, title: Words, xml: str = "") -> Item:
        """The document itself: an object that holds every item of `table`."""
        settings, inside = _split(table)
        base = Item("", "", OBJECT, title, required=True, xml=xml)
        return self._with_children(base, settings, inside, (), xml)

    def _read(self, entry: _Entry, parent: str, above: str) -> Item:
        if not _NAME.fullmatch(entry.name):
            raise self.source.error(f"{entry.name!r} is not a name", "use small letters, digits and _", *entry.keys)
        self.source.only(entry.settings, _KEYS, *entry.keys)
        path = f"{parent}.{entry.name}" if parent else entry.name
        written = str(entry.settings.get("is") or entry.settings.get("format") or "")
        reference, required = written.removesuffix("!"), written.endswith("!")
        base = Item(
            entry.name,
            path,
            OBJECT,
            self._words(entry, reference),
            required=required or bool(entry.settings.get("required", False)),
            repeat=self._repeat(entry),
            help=self.source.words(entry.settings["help"], *entry.keys, "help") if "help" in entry.settings else None,
            own=str(entry.settings.get("own", "")),
            sensitive=bool(entry.settings.get("sensitive", False)),
            place=self.source.place(*entry.keys),
        )
        if entry.inside is not None or reference in self.vocabulary.groups:
            return self._object(base, entry, reference, above)
        return self._leaf(base, entry, reference, above)

    def _object(self, base: Item, entry: _Entry, reference: str, above: str) -> Item:
        if reference and reference not in self.vocabulary.groups:
            cure = f"groups: {', '.join(self.vocabulary.groups) or 'none'}"
            raise self.source.error(f"no shared group {reference!r}", cure, *entry.keys)
        group = self.vocabulary.groups[reference].data if reference else {}
        below, own = self._xml_of_object(base, entry, group)
        base = replace(base, xml=below, xml_own=own)
        full = f"{above}/{below}".strip("/") if below and not own else (f"{above}/?" if own else above)
        inside = {**{key: value for key, value in group.items() if not key.startswith("_")}, **(entry.inside or {})}
        item = self._with_children(base, entry.settings, inside, entry.keys, full, group=reference)
        if base.repeat is not None and base.required and base.repeat[0] == 0:
            item = replace(item, repeat=(1, base.repeat[1]))
        return item

    def _xml_of_object(self, base: Item, entry: _Entry, group: Table) -> tuple[str, bool]:
        if "xml" in entry.settings:
            return str(entry.settings["xml"]), False
        if "_xml" in group:
            return str(group["_xml"]), False
        return _camel(base.name), True

    def _with_children(
        self, base: Item, settings: Table, inside: Table, keys: tuple[str, ...], above: str, group: str = ""
    ) -> Item:
        omit = set(self.source.strings(settings.get("omit", []), *keys, "omit"))
        need = set(self.source.strings(settings.get("need", []), *keys, "need"))
        reader = self
        children = []
        for name, value in inside.items():
            if name in omit:
                omit.discard(name)
                continue
            if (
                group
                and name in self.vocabulary.groups[group].data
                and value is self.vocabulary.groups[group].data[name]
            ):
                reader = ItemReader(self.vocabulary.groups[group], self.vocabulary, strict=self.strict)
                entry = reader._entry(name, value, ())
            else:
                reader, entry = self, self._entry(name, value, keys)
            children.append(reader._read(entry, base.path, above))
        item = replace(base, children=tuple(children))
        for dotted in sorted(omit):
            item = self._changed(item, dotted.split("."), None, keys)
        for dotted in sorted(need):
            item = self._changed(item, dotted.split("."), True, keys)
        return item

    def _changed(self, item: Item, names: list[str], required: bool | None, keys: tuple[str, ...]) -> Item:
        """`item` with the leaf at `names` required, or left out when `required` is None."""
        child = item.child(names[0])
        if child is None:
            word = "need" if required else "omit"
            raise self.source.error(
                f"{word} names {'.'.join(names)}, which is not in it", "correct the name", *keys, word
            )
        if len(names) > 1:
            changed: Item | None = self._changed(child, names[1:], required, keys)
        elif required:
            repeat = (max(1, child.repeat[0]), child.repeat[1]) if child.repeat else None
            changed = replace(child, required=True, repeat=repeat)
        else:
            changed = None
        kept = [changed if one is child else one for one in item.children]
        return replace(item, children=tuple(one for one in kept if one is not None))

    def _entry(self, name: str, value: object, above: tuple[str, ...]) -> _Entry:
        keys = (*above, name)
        if isinstance(value, str):
            return _Entry(name, {"is": value}, None, keys)
        table = self.source.table(value, *keys)
        if _is_inline(table):
            return _Entry(name, table, None, keys)
        settings, inside = _split(table)
        return _Entry(name, settings, inside, keys)

    def _leaf(self, base: Item, entry: _Entry, reference: str, above: str) -> Item:
        element = self.vocabulary.elements.get(reference)
        codes = str(entry.settings.get("codes", "")).removesuffix("!") or (element.codes if element else "")
        if reference.startswith("code:"):
            codes = reference.removeprefix("code:")
        form = element.format if element else (_TEXT if reference.startswith("code:") else parse_format(reference))
        if form is None and codes:
            form = _TEXT
        if form is None:
            cure = "write a dictionary id, a group, or a format (docs/language.md)"
            raise self.source.error(f"{base.path}: {reference!r} is nothing we know", cure, *entry.keys)
        if codes and codes not in self.vocabulary.lists:
            raise self.source.error(f"no code list {codes!r}", f"add _shared/codes/{codes}.csv", *entry.keys)
        if self.strict and element is None and not base.own:
            cure = 'name its dictionary element, or say own = "why it has none"'
            raise self.source.error(f"{base.path} has no dictionary element", cure, *entry.keys)
        xml, own = self._xml_of_leaf(base, entry, reference if element else "", above)
        return replace(base, format=form, id=element.id if element else "", codes=codes, xml=xml, xml_own=own)

    def _xml_of_leaf(self, base: Item, entry: _Entry, element: str, above: str) -> tuple[str, bool]:
        if "xml" in entry.settings:
            return str(entry.settings["xml"]), False
        prefix = f"{above}/" if above else ""
        for position in self.vocabulary.positions.get(element, ()):
            if position.startswith(prefix):
                return position[len(prefix) :], False
        return _camel(base.name), True

    def _words(self, entry: _Entry, reference: str) -> Words:
        if "en" in entry.settings:
            return self.source.words(
                {key: entry.settings.get(key, "") for key in ("en", "zh-Hant", "zh-Hans")}, *entry.keys
            )
        if element := self.vocabulary.elements.get(reference):
            return element.words
        if reference in self.vocabulary.groups and "_en" in self.vocabulary.groups[reference].data:
            data = self.vocabulary.groups[reference].data
            table = {key: data.get(f"_{key}", "") for key in ("en", "zh-Hant", "zh-Hans")}
            return self.vocabulary.groups[reference].words(table, f"_{'en'}")
        if reference and not self._known(reference):
            cure = "write a dictionary id, a group, or a format (docs/language.md)"
            raise self.source.error(f"{entry.name}: {reference!r} is nothing we know", cure, *entry.keys)
        raise self.source.error(f"{entry.name} has no words", "write en, zh-Hant and zh-Hans", *entry.keys)

    def _known(self, reference: str) -> bool:
        return (
            reference.startswith("code:") or reference in self.vocabulary.groups or parse_format(reference) is not None
        )

    def _repeat(self, entry: _Entry) -> tuple[int, int] | None:
        if "repeat" not in entry.settings:
            return None
        found = re.fullmatch(r"(\d+)\.\.(\d+)", str(entry.settings["repeat"]))
        if not found or int(found.group(2)) < max(1, int(found.group(1))):
            raise self.source.error(f"{entry.name}: repeat is not LEAST..MOST", 'write repeat = "1..99"', *entry.keys)
        return int(found.group(1)), int(found.group(2))


def _is_inline(table: Table) -> bool:
    return any(key in table for key in ("is", "format", "codes")) and not any(key.startswith("_") for key in table)


def _split(table: Table) -> tuple[Table, Table]:
    """Settings (keys with a leading underscore) and the items inside."""
    settings = {key[1:]: value for key, value in table.items() if key.startswith("_")}
    return settings, {key: value for key, value in table.items() if not key.startswith("_")}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
