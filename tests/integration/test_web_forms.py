"""Forms made from a definition: what was typed becomes the document, and the document becomes the form again."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from onewindow.definitions.catalogue import Catalogue, load_catalogue
from onewindow.definitions.model import Item
from onewindow.engine.registry import Registry
from onewindow.kernel.finding import pointer_of
from onewindow.web.forms import choices
from onewindow.web.forms.places import (
    OPENING,
    Json,
    has_own_pages,
    page_of,
    parts_of,
    place_at,
    put_at,
    sections,
    value_at,
    without_empty,
)
from onewindow.web.forms.reading import Reader
from onewindow.web.forms.tree import Builder, Field, Group, Listing, Node, Rows
from onewindow.web.forms.typed import Typed, add_row, remove_row

TODAY = date(2026, 11, 22)
CATALOGUE: Catalogue = load_catalogue()
LISTS = CATALOGUE.vocabulary.lists


def _posted(nodes: tuple[Node, ...]) -> dict[str, str]:
    """What a browser would send of these nodes."""
    sent: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, Field):
            sent[node.pointer] = node.shown if node.control == "search" else node.value
        elif isinstance(node, Group):
            sent |= ({node.pointer: "row"} if node.number else {}) | _posted(node.nodes)
        elif isinstance(node, Rows):
            sent |= _posted(node.rows)
    return sent


def _pages(root: Item, document: Json) -> list[str]:
    """Every page of a document's form: its groups, and a page for each row that has one."""
    found, waiting = [], [place.name for place in sections(root)]
    while waiting:
        path = waiting.pop(0)
        found.append(path)
        place = place_at(root, path)
        assert place is not None
        for node in Builder(LISTS, day=TODAY, language="en").page(place, document):
            waiting += [line.path for line in node.lines] if isinstance(node, Listing) else []
    return found


def test_every_example_comes_back_unchanged_from_its_own_form_in_every_language() -> None:
    registry = Registry(CATALOGUE)
    for definition in CATALOGUE.services():
        document: dict[str, Json] = json.loads(registry.example(definition, TODAY))
        for language in ("en", "zh-Hant", "zh-Hans"):
            again: dict[str, Json] = {}
            for path in _pages(definition.root, document):
                place = place_at(definition.root, path)
                assert place is not None
                nodes = Builder(LISTS, day=TODAY, language=language).page(place, document)
                if not place.is_listing or not has_own_pages(place.item):
                    Typed(_posted(nodes), LISTS, day=TODAY).keep(place, again)
            assert _same(without_empty(again), without_empty(document)), f"{definition.id} in {language}"


def _same(one: Json, other: Json) -> bool:
    """Equal, where a moment may be written with another zone and a decimal as a number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other or str(one)[:16] == str(other)[:16]


def test_every_item_of_every_service_has_a_place_on_some_page() -> None:
    for definition in CATALOGUE.definitions:
        tops = {item.name for place in sections(definition.root) for item in place.items if not place.pointer}
        tops |= {place.name for place in sections(definition.root)}
        assert {item.name for item in definition.root.children} <= tops, definition.id


def test_a_finding_leads_to_the_page_that_asks_for_its_field() -> None:
    root = CATALOGUE.newest["import-declaration"].root
    assert page_of(root, "/reference") == OPENING
    assert page_of(root, "/importer/address/line") == "importer"
    assert page_of(root, "/goods/3/origin") == "goods/3"
    assert page_of(root, "/goods") == "goods"


def test_a_code_is_understood_by_code_by_words_and_by_both() -> None:
    countries = LISTS["country"]
    for typed in ("JP", "jp", "JP – Japan", "Japan", "日本"):
        assert choices.meant(countries, typed, TODAY) == "JP"
    assert choices.meant(countries, "Atlantis", TODAY) == "Atlantis"


def test_what_begins_with_the_words_is_found_before_what_contains_them() -> None:
    found = [entry.code for entry in choices.search(LISTS["country"], "chi", TODAY)]
    assert set(found[:2]) <= {"CL", "CN"}
    assert len(choices.search(LISTS["country"], "a", TODAY)) <= choices.FOUND_MOST


def test_a_page_changes_only_what_it_asked_for() -> None:
    root = CATALOGUE.newest["import-declaration"].root
    document: dict[str, Json] = {"reference": "A", "importer": {"name": "B"}, "goods": [{"origin": "JP"}]}
    place = place_at(root, "importer")
    assert place is not None
    Typed({"/importer/name": "C", "/reference": "hostile", "/goods/0/origin": "XX"}, LISTS, day=TODAY).keep(
        place, document
    )
    assert document == {"reference": "A", "importer": {"name": "C"}, "goods": [{"origin": "JP"}]}


def test_rows_are_added_up_to_the_definitions_limit_and_removed() -> None:
    root = CATALOGUE.newest["complaint"].root
    photos = root.child("photos")
    assert photos is not None
    document: dict[str, Json] = {}
    numbers = [add_row(document, "/photos", photos) for _ in range(12)]
    assert numbers == [*range(9), None, None, None]
    remove_row(document, "/photos/0")
    remove_row(document, "/photos/99")
    rows = value_at(document, "/photos")
    assert isinstance(rows, list)
    assert len(rows) == 8


def test_a_form_has_no_page_where_the_definition_has_no_group() -> None:
    root = CATALOGUE.newest["import-declaration"].root
    for path in ("nonsense", "reference", "goods/x", "goods/0/origin", "importer/0", "goods/0/0", "goods/9999999"):
        assert place_at(root, path) is None, path


def test_what_changed_since_a_version_carries_what_stood_there() -> None:
    definition = CATALOGUE.newest["import-declaration"]
    reader = Reader(definition.root, LISTS, "en")
    before: Json = {"reference": "A", "importer": {"name": "Old"}}
    after: Json = {"reference": "A", "importer": {"name": "New"}}
    found = {answer.pointer: answer.before for part in reader.sections(after, before) for answer in part.answers}
    assert found == {"/reference": None, "/importer/name": "Old"}
    removed = reader.sections({"reference": "A"}, before)[-1]
    assert [(answer.pointer, answer.before, answer.text) for answer in removed.answers] == [
        ("/importer/name", "Old", "")
    ]


_NAMES = some.text(min_size=1, max_size=5).filter(lambda text: not text.isdecimal())


@given(some.lists(_NAMES, min_size=1, max_size=5), some.text())
def test_what_is_put_at_a_pointer_is_found_there(parts: list[str], value: str) -> None:
    pointer = pointer_of(tuple(parts))
    document: dict[str, Json] = {}
    put_at(document, pointer, value)
    assert value_at(document, pointer) == value
    assert parts_of(pointer) == parts
