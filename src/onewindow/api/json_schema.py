"""JSON Schema 2020-12 of a service's document, from its items.

Titles and descriptions are English, with all three languages under `x-words`. Long code lists stand once under `$defs`.
The schema says what a form can say; rules that look at several items are named under `x-rules`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from onewindow.definitions.codes import CodeList
from onewindow.definitions.model import Definition, Item
from onewindow.engine.registry import Registry

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SHORT_LIST: Final = 12

Schema = dict[str, Any]


def schema_of(definition: Definition, registry: Registry, as_of: date) -> Schema:
    """The schema of a document on a day, since code lists have dates."""
    writer = _Writer(dict(registry.catalogue.vocabulary.lists), as_of)
    schema = writer.of_object(definition.root)
    rules = [
        {"code": rule.code, "severity": rule.severity, "item": rule.item, "message": rule.words.as_dict()}
        for rule in definition.rules
        if rule.valid.covers(as_of)
    ]
    return {
        "$schema": DIALECT,
        "$id": f"urn:onewindow:service:{definition.id}:{definition.version}",
        "title": definition.title.en,
        "description": definition.purpose.en,
        "x-words": definition.title.as_dict(),
        **schema,
        "x-rules": rules,
        "$defs": writer.definitions,
    }


def schema_of_items(root: Item, registry: Registry, as_of: date) -> Schema:
    """The schema of an action's body."""
    writer = _Writer(dict(registry.catalogue.vocabulary.lists), as_of)
    return {"$schema": DIALECT, **writer.of_object(root), "$defs": writer.definitions}


class _Writer:
    def __init__(self, lists: dict[str, CodeList], as_of: date) -> None:
        self._lists = lists
        self._as_of = as_of
        self.definitions: Schema = {}

    def of_object(self, item: Item) -> Schema:
        """An object and everything in it."""
        properties = {child.name: self._of(child) for child in item.children}
        required = [child.name for child in item.children if _needed(child)]
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {})

    def _of(self, item: Item) -> Schema:
        inner = self.of_object(item) if item.is_object else self._of_leaf(item)
        if item.repeat is None:
            return {**_words(item), **inner}
        least, most = item.repeat
        rows: Schema = {"type": "array", "items": inner, "maxItems": most}
        return {**_words(item), **rows, **({"minItems": least} if least else {})}

    def _of_leaf(self, item: Item) -> Schema:
        form = item.format
        match form.kind:
            case "flag":
                return {"type": "boolean"}
            case "integer":
                return {"type": "integer", "minimum": 0, "maximum": 10**form.digits - 1}
            case "decimal":
                return {"type": ["string", "number"], "pattern": _anchored(form.pattern), "x-format": form.written}
        schema: Schema = {"type": "string"}
        if item.codes:
            return schema | self._codes(item.codes)
        if form.kind == "date":
            schema["format"] = "date"
        elif form.kind == "datetime":
            schema["format"] = "date-time"
        elif form.kind == "attachment":
            schema["format"] = "uuid"
        elif form.pattern:
            schema["pattern"] = _anchored(form.pattern)
        if form.most_length:
            schema["maxLength"] = form.most_length
        return schema | ({"x-format": form.written} if form.kind == "text" else {})

    def _codes(self, name: str) -> Schema:
        listed = self._lists.get(name)
        if listed is None:
            return {}
        codes = sorted(listed.on(self._as_of))
        if len(codes) <= _SHORT_LIST:
            return {"enum": codes, "x-codes": name}
        self.definitions.setdefault(f"code-{name}", {"type": "string", "enum": codes})
        return {"$ref": f"#/$defs/code-{name}"}


def _needed(item: Item) -> bool:
    """Required leaves, lists with at least one row, and objects that are required as a whole."""
    if item.repeat is not None:
        return item.repeat[0] > 0
    return item.required


def _words(item: Item) -> Schema:
    words: Schema = {"title": item.words.en, "x-words": item.words.as_dict()}
    if item.help is not None:
        words |= {"description": item.help.en, "x-help": item.help.as_dict()}
    if item.id:
        words["x-wco-id"] = item.id
    return words


def _anchored(pattern: str) -> str:
    return f"^(?:{pattern})$"
