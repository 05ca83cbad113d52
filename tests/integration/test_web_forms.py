"""Forms made from a definition: what was typed becomes the document, and the document becomes the form again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from onewindow.definitions.catalogue import Catalogue, load_catalogue
from onewindow.definitions.model import Item
from onewindow.engine.registry import Registry
from onewindow.kernel.finding import Verdict, pointer_of
from onewindow.web.findings_shown import found_once, place_in_words
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
from onewindow.web.forms.reading import LINES_MOST, Reader
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


def _goods(many: int, **changed: str) -> dict[str, Json]:
    """A declaration with so many goods; `changed` are descriptions by the number of the row, as `row_3`."""
    rows = [{"commodity_code": "09024090", "description": changed.get(f"row_{n}", f"Tea {n}")} for n in range(many)]
    return {"reference": "A", "goods": [*rows]}


def test_a_long_list_is_read_in_lines_and_a_short_one_in_full() -> None:
    root = CATALOGUE.newest["import-declaration"].root
    reader = Reader(root, LISTS, "en", rows_most=20)
    assert len(reader.sections(_goods(20))) == 21, "the opening, and a part for each row"
    opening, lines = reader.sections(_goods(250))
    assert lines.path == "goods"
    assert [(line.label, line.path) for line in lines.answers[:2]] == [("1", "goods/0"), ("2", "goods/1")]
    assert lines.answers[1].text.endswith(" · Tea 1")
    assert (len(lines.answers), lines.answers[-1].text) == (LINES_MOST + 1, "and 150 more")
    assert opening.answers[0].text == "A"


def test_of_a_long_list_the_changed_rows_are_read_in_full() -> None:
    root = CATALOGUE.newest["import-declaration"].root
    reader = Reader(root, LISTS, "en", rows_most=20)
    found = reader.sections(_goods(250, row_200="Coffee"), _goods(250))
    assert [section.path for section in found] == [OPENING, "goods", "goods/200"]
    changed = [(one.pointer, one.before) for part in found for one in part.answers if one.before is not None]
    assert changed == [("/goods/200/description", "Tea 200")]


@pytest.mark.parametrize(("now", "before"), [(19, 21), (21, 19)])
def test_a_list_that_became_long_or_short_is_compared_row_by_row(now: int, before: int) -> None:
    root = CATALOGUE.newest["import-declaration"].root
    found = Reader(root, LISTS, "en", rows_most=20).sections(_goods(now), _goods(before))
    different = {one.pointer.split("/")[2] for part in found for one in part.answers if one.before is not None}
    assert different == {"19", "20"}, "what stands in both is neither new nor removed"


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/masters/0/consignments/2/number", "Master bill of lading 1 › Consignment 3"),
        ("/masters/0/consignments/2", "Master bill of lading 1 › Consignment 3"),
        ("/carrier/address/city", "Carrier › Address"),
        ("/direction", "Direction"),
    ],
)
def test_a_place_is_called_by_the_groups_around_it(pointer: str, words: str) -> None:
    assert place_in_words(CATALOGUE.newest["sea-cargo-manifest"].root, pointer, "en") == words


def test_the_same_fault_is_said_once_with_every_place_of_it() -> None:
    definition = CATALOGUE.newest["import-declaration"]
    checker = Registry.load().checker(definition)
    judged = checker.judge(json.dumps(_goods(3)).encode(), TODAY)
    assert isinstance(judged, Verdict)
    errors = [finding for finding in judged.findings if finding.severity == "error"]
    found = found_once(errors, definition.root, "en", lambda finding: finding.pointer)
    origins = [one for one in found if one.finding.pointer == "/goods/0/origin"]
    assert [place for one in origins for place, _ in one.places] == ["Goods item 1", "Goods item 2", "Goods item 3"]
    assert sum(len(one.places) for one in found) == len(errors), "none is left out"


_NAMES = some.text(min_size=1, max_size=5).filter(lambda text: not text.isdecimal())


@given(some.lists(_NAMES, min_size=1, max_size=5), some.text())
def test_what_is_put_at_a_pointer_is_found_there(parts: list[str], value: str) -> None:
    pointer = pointer_of(tuple(parts))
    document: dict[str, Json] = {}
    put_at(document, pointer, value)
    assert value_at(document, pointer) == value
    assert parts_of(pointer) == parts
