"""Spreadsheets become documents: rows of one reference belong together, tables grow row by row."""

import json

import pytest

from onewindow.channels.spreadsheet import UnreadableSpreadsheet, read_documents
from onewindow.definitions.model import Definition, Format, Item, Lodging
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words

WORDS = Words("it", "它", "它")


def leaf(path: str, kind: str = "text") -> Item:
    return Item(path.rpartition(".")[2], path, Format(kind, ""), WORDS)  # type: ignore[arg-type]


def group(path: str, *children: Item, repeat: tuple[int, int] | None = None) -> Item:
    return Item(path.rpartition(".")[2], path, Format("object", ""), WORDS, repeat=repeat, children=children)


GOODS = group(
    "goods",
    leaf("goods.description"),
    leaf("goods.packages", "integer"),
    leaf("goods.fragile", "flag"),
    group("goods.licences", leaf("goods.licences.number"), repeat=(0, 9)),
    repeat=(1, 99),
)
DEFINITION = Definition(
    id="tea-declaration",
    family="declaration",
    agency="ced",
    version="1",
    valid=Period(),
    title=WORDS,
    purpose=WORDS,
    root=group("", leaf("reference"), group("importer", leaf("importer.name")), GOODS),
    rules=(),
    states=(),
    stages=(),
    actions={},
    lodging=Lodging(by=("trader",)),
    done_state="done",
    reference="reference",
)


def read(*rows: str) -> list[dict[str, object]]:
    return [json.loads(body) for body in read_documents("\r\n".join(rows).encode(), DEFINITION)]


def test_a_row_is_a_document() -> None:
    assert read("reference,importer.name", "A-1,福利貿易", "A-2,Fook Lee") == [
        {"reference": "A-1", "importer": {"name": "福利貿易"}},
        {"reference": "A-2", "importer": {"name": "Fook Lee"}},
    ]


def test_rows_of_one_reference_add_rows_to_its_tables() -> None:
    [document] = read("reference,goods.description,goods.packages", "A-1,Tea,3", ",Coffee,4", "A-1,Cocoa,")
    assert document["goods"] == [
        {"description": "Tea", "packages": 3},
        {"description": "Coffee", "packages": 4},
        {"description": "Cocoa"},
    ]


def test_a_row_with_only_inner_cells_adds_to_the_inner_table() -> None:
    [document] = read("reference,goods.description,goods.licences.number", "A-1,Tea,L1", ",,L2", ",Coffee,L3")
    assert document["goods"] == [
        {"description": "Tea", "licences": [{"number": "L1"}, {"number": "L2"}]},
        {"description": "Coffee", "licences": [{"number": "L3"}]},
    ]


def test_what_is_not_a_number_or_flag_stays_as_written_for_the_checker_to_name() -> None:
    [document] = read("reference,goods.packages,goods.fragile,unheard_of", "A-1,three,perhaps,x", "A-1,2,yes,")
    assert document["goods"] == [{"packages": "three", "fragile": "perhaps"}, {"packages": 2, "fragile": True}]
    assert document["unheard_of"] == "x"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("",), "empty"),
        (("reference,", "A-1,x"), "no name"),
        (("reference", "A-1,x"), "row 2 has 2 cells"),
        (("reference,importer.name", "A-1,=HYPERLINK(1)"), "row 2, column importer.name holds a formula"),
        (("reference,importer.name", "A-1,@SUM(1)"), "formula"),
        (("reference,importer.name", "A-1,Fook Lee", "A-1,Other"), "row 3, column importer.name"),
        (("reference,importer,importer.name", "A-1,x,y"), "at once"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(rows: tuple[str, ...], told: str) -> None:
    with pytest.raises(UnreadableSpreadsheet, match=told):
        read(*rows)


def test_bytes_of_another_encoding_are_refused_with_the_cure() -> None:
    with pytest.raises(UnreadableSpreadsheet, match="CSV UTF-8"):
        list(read_documents("reference\n福利".encode("big5"), DEFINITION))


def test_a_byte_order_mark_does_not_matter() -> None:
    [body] = read_documents("reference\nA-1".encode("utf-8-sig"), DEFINITION)
    assert json.loads(body) == {"reference": "A-1"}
