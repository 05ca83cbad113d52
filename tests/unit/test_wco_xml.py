"""WCO XML to a document's JSON and back: places, tables, attributes, dates, and nothing lost in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from onewindow.channels.wco_times import from_wco, to_wco
from onewindow.channels.wco_xml import read_document, service_named
from onewindow.channels.wco_xml_writing import write_document
from onewindow.definitions.model import Definition, Format, Item, Kind, Lodging
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.kernel.finding import Finding
from onewindow.kernel.period import Period
from onewindow.kernel.words import Words

WORDS = Words("x", "x", "x")
KINDS = {kind: Format(kind, kind) for kind in get_args(Kind)}


def item(name: str, kind: str = "text", xml: str = "", *children: Item, **more: object) -> Item:
    own = not xml
    written = xml or "".join(part.capitalize() for part in name.split("_"))
    return Item(name, name, KINDS[kind], WORDS, children=children, xml=written, xml_own=own, **more)  # type: ignore[arg-type]


GOODS = item(
    "goods",
    "object",
    "GoodsShipment/GovernmentAgencyGoodsItem",
    item("description", "text", "Commodity/Description"),
    item("value", "decimal", "CustomsValueAmount"),
    item("currency", "text", codes="currency"),
    item("marks", "text", "Packaging/MarksNumbersID", repeat=(0, 9)),
    item("parts", "object", "Part", item("number", "integer", "SequenceNumber"), repeat=(0, 9)),
    repeat=(1, 99),
)
ROOT = Item(
    "",
    "",
    KINDS["object"],
    WORDS,
    children=(
        item("reference", "text", "FunctionalReferenceID"),
        item("issued", "datetime", "IssueDateTime"),
        item("arrival", "date", "BorderTransportMeans/ArrivalDateTime"),
        item("importer", "object", "Importer", item("name", "text", "Name"), item("capacity_held")),
        item("express", "flag"),
        item("first_note", "text", "AdditionalInformation/StatementDescription"),
        item("second_note", "text", "AdditionalInformation/StatementDescription"),
        GOODS,
    ),
)
SERVICE = Definition(
    id="import-declaration",
    family="declaration",
    agency="customs",
    version="1",
    valid=Period(),
    title=WORDS,
    purpose=WORDS,
    root=ROOT,
    rules=(),
    states=(),
    stages=(),
    actions={},
    lodging=Lodging(by=("trader",)),
    done_state="released",
    xml_types=("IMP",),
)
DOCUMENT = {
    "reference": "A-1",
    "issued": "2026-11-22T18:30:00+08:00",
    "arrival": "2026-11-23",
    "importer": {"name": "Fook Lee", "capacity_held": "director"},
    "express": True,
    "second_note": "only the second",
    "goods": [
        {"description": "Tea", "value": "120.50", "currency": "HKD", "marks": ["A", "B"], "parts": [{"number": 7}]},
        {"description": "茶葉"},
    ],
}


def in_goods(*rows: str) -> str:
    """A declaration with these goods items."""
    items = "".join(f"<GovernmentAgencyGoodsItem>{row}</GovernmentAgencyGoodsItem>" for row in rows)
    return f"<Declaration><GoodsShipment>{items}</GoodsShipment></Declaration>"


def read(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(read_document(text.encode(), SERVICE).json)
    return found


def test_a_document_survives_the_way_to_xml_and_back() -> None:
    xml = write_document(json.dumps(DOCUMENT).encode(), SERVICE)
    assert json.loads(read_document(xml, SERVICE).json) == DOCUMENT


def test_namespaces_and_an_envelope_change_nothing() -> None:
    plain = "<Declaration><FunctionalReferenceID>A-1</FunctionalReferenceID></Declaration>"
    wrapped = (
        '<m:MetaData xmlns:m="urn:any"><m:WCOTypeName>DEC</m:WCOTypeName><d:Declaration xmlns:d="urn:other">'
        "<d:FunctionalReferenceID>A-1</d:FunctionalReferenceID></d:Declaration></m:MetaData>"
    )
    assert read(plain) == read(wrapped) == {"reference": "A-1"}


def test_repeated_elements_become_rows_in_their_order() -> None:
    inside = "<SequenceNumeric>{n}</SequenceNumeric><Commodity><Description>{n}</Description></Commodity>"
    assert read(in_goods(inside.format(n=1), inside.format(n=2))) == {
        "goods": [{"description": "1"}, {"description": "2"}]
    }


def test_a_currency_attribute_fills_the_currency_beside_the_amount() -> None:
    xml = in_goods('<CustomsValueAmount currencyID="USD">5</CustomsValueAmount>')
    assert read(xml) == {"goods": [{"value": "5", "currency": "USD"}]}


@pytest.mark.parametrize(
    ("inside", "unknown"),
    [
        ("<Shoe>42</Shoe>", {"Shoe": "42"}),
        ("<TypeCode>XYZ</TypeCode>", {"TypeCode": "XYZ"}),
        ("<Importer><Name>A</Name><Shoe/></Importer>", {"importer": {"name": "A"}, "Importer/Shoe": ""}),
        (
            "<FunctionalReferenceID>A</FunctionalReferenceID><FunctionalReferenceID>B</FunctionalReferenceID>",
            {"reference": "A", "FunctionalReferenceID[2]": "B"},
        ),
        ('<FunctionalReferenceID unitCode="KG">A</FunctionalReferenceID>', None),
    ],
)
def test_what_stands_for_no_item_is_kept_under_its_path_for_the_checker_to_name(
    inside: str, unknown: dict[str, object] | None
) -> None:
    expected = unknown or {"reference": "A", "FunctionalReferenceID/@unitCode": "KG"}
    assert read(f"<Declaration>{inside}</Declaration>") == expected


def test_the_type_code_that_names_the_service_is_no_unknown_element() -> None:
    assert read("<Declaration><TypeCode>IMP</TypeCode><FunctionCode>9</FunctionCode></Declaration>") == {}


def test_a_finding_carries_the_path_of_its_element_or_of_where_it_belongs() -> None:
    xml = in_goods("", "<CustomsValueAmount>x</CustomsValueAmount>")
    document = read_document(xml.encode(), SERVICE)
    row = "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem"
    places = {
        "/goods/1/value": f"{row}[2]/CustomsValueAmount",
        "/goods/0/description": f"{row}/Commodity/Description",
        "/importer/name": "/Declaration/Importer/Name",
        "": "/Declaration",
    }
    for pointer, xpath in places.items():
        assert document.located(Finding("C", "error", pointer, WORDS, WORDS)).xpath == xpath


@pytest.mark.parametrize("body", [b"<Response/>", b"<MetaData/>", b"<MetaData><Other/></MetaData>"])
def test_another_root_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedDocument):
        read_document(body, SERVICE)


def test_root_and_type_code_name_the_service() -> None:
    assert service_named(b"<Declaration><TypeCode>IMP</TypeCode></Declaration>", [SERVICE]) == "import-declaration"
    assert service_named(b"<Declaration><TypeCode>EXP</TypeCode></Declaration>", [SERVICE]) == ""


@pytest.mark.parametrize(
    ("written", "kind", "read_as"),
    [
        ("20261122", "date", "2026-11-22"),
        ("20261122183000Z", "date", "2026-11-22"),
        ("20261122183000Z", "datetime", "2026-11-22T18:30:00Z"),
        ("202611221830", "datetime", "2026-11-22T18:30:00+08:00"),
        ("20261122183000+0900", "datetime", "2026-11-22T18:30:00+09:00"),
        ("20261122183000+09", "datetime", "2026-11-22T18:30:00+09:00"),
        ("soon", "date", "soon"),
    ],
)
def test_coded_dates_are_read(written: str, kind: str, read_as: str) -> None:
    assert from_wco(written, kind) == read_as


@pytest.mark.parametrize("text", ["2026-11-22", "2026-11-22T18:30:00Z", "2026-11-22T18:30:00-05:30"])
def test_dates_survive_the_way_to_their_code_and_back(text: str) -> None:
    written, code = to_wco(text)
    assert code
    assert from_wco(written, "datetime" if "T" in text else "date") == text


def samples() -> Iterator[Path]:
    """Published declarations, where this machine has them beside the project."""
    yield from sorted((Path(__file__).parents[3] / "shared" / "data" / "wco").rglob("*.xml"))


@pytest.mark.skipif(not any(samples()), reason="no published WCO documents beside the project")
def test_every_published_document_is_read_or_refused_as_malformed() -> None:
    outcomes = {"read": 0, "malformed": 0}
    for path in samples():
        try:
            json.loads(read_document(path.read_bytes(), SERVICE).json)
            outcomes["read"] += 1
        except MalformedDocument:
            outcomes["malformed"] += 1
    assert outcomes["read"] > 100
    assert outcomes["malformed"] > 100
