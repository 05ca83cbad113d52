"""The files that a document or an action's body names."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from onewindow.definitions.model import Definition, Item
from onewindow.engine.generating.expression_code import attribute

_known: dict[tuple[str, str], tuple[Item, ...]] = {}


def files_of_document(definition: Definition, document: object) -> list[str]:
    """Ids of the files that a document names, in its order. Costs next to nothing for services without files."""
    key = (definition.id, definition.version)
    branches = _known.get(key)
    if branches is None:
        branches = _known[key] = _branches(definition.root)
    return _found(branches, document) if branches else []


def files_of_body(items: Item | None, body: Mapping[str, object]) -> list[str]:
    """Ids of the files that an action's body names."""
    return _found(_branches(items), body) if items else []


def with_files(payload: bytes, files: list[str]) -> bytes:
    """An event's payload (a JSON object that is not empty) that also names `files`."""
    return payload[:-1] + b',"files":' + msgspec.json.encode(files) + b"}" if files else payload


def _branches(item: Item) -> tuple[Item, ...]:
    """The children that are files, or have some below."""
    return tuple(
        child for child in item.children if child.format.kind == "attachment" or (child.is_object and _branches(child))
    )


def _found(branches: tuple[Item, ...], holder: object) -> list[str]:
    files: list[str] = []
    for item in branches:
        value = holder.get(item.name) if isinstance(holder, Mapping) else getattr(holder, attribute(item.name), None)
        for one in value if isinstance(value, list | tuple) else (value,):
            if one and item.is_object:
                files += _found(_branches(item), one)
            elif one:
                files.append(str(one))
    return files
