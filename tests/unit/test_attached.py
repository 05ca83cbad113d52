"""Files are found wherever a document names them."""

from __future__ import annotations

import msgspec

from onewindow.definitions.model import Format, Item
from onewindow.engine.checking.attached import files_of_body, with_files
from unit.life_services import words


def item(name: str, kind: str, *children: Item, many: bool = False) -> Item:
    return Item(name, name, Format(kind, kind), words(name), repeat=(0, 9) if many else None, children=children)


ROOT = item(
    "",
    "object",
    item("words", "text"),
    item("photo", "attachment"),
    item("files", "attachment", many=True),
    item("goods", "object", item("proof", "attachment"), item("value", "decimal"), many=True),
    item("party", "object", item("name", "text")),
)


def test_files_stand_at_the_top_in_lists_and_in_rows():
    body = {
        "words": "x",
        "photo": "p",
        "files": ["a", "b"],
        "goods": [{"proof": "g"}, {"value": "1"}],
        "party": {"name": "n"},
    }
    assert files_of_body(ROOT, body) == ["p", "a", "b", "g"]
    assert files_of_body(ROOT, {}) == []
    assert files_of_body(None, body) == []


def test_a_payload_names_its_files_and_stays_as_it_is_without():
    assert with_files(b'{"a":1}', []) == b'{"a":1}'
    assert msgspec.json.decode(with_files(b'{"a":1}', ["x"])) == {"a": 1, "files": ["x"]}
