"""WCO XML out: a document's JSON as the XML that `wco_xml` reads back to the same document."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec
from lxml import etree

from onewindow.channels.wco_places import DECLARATION, OWN, Place, places_of, steps_of
from onewindow.channels.wco_times import to_wco
from onewindow.definitions.model import Definition, Item

_PREFIXES: Final = {None: DECLARATION, "ow": OWN}
_decode: Final = msgspec.json.Decoder(dict[str, object], float_hook=Decimal).decode


def write_document(body: bytes, definition: Definition) -> bytes:
    """The XML of an accepted document's JSON. Members that stand for no item are left out."""
    root = etree.Element(f"{{{DECLARATION}}}{definition.xml_root}", nsmap=_PREFIXES)  # type: ignore[arg-type]
    places = places_of(definition)
    if definition.xml_types and places.find("TypeCode", own=False) is None:
        etree.SubElement(root, f"{{{DECLARATION}}}TypeCode").text = definition.xml_types[0]
    _write_children(root, places, _decode(body), definition.root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _write_children(here: etree._Element, place: Place, value: dict[str, object], parent: Item) -> None:
    for item in parent.children:
        given = value.get(item.name)
        if given is None or given == "":
            continue
        rows = given if item.is_list and isinstance(given, list) else [given]
        for row in rows:
            _write(here, place, item, row)


def _write(here: etree._Element, place: Place, item: Item, value: object) -> None:
    steps = steps_of(item)
    for number, (step, own) in enumerate(steps):
        if step.startswith("@"):
            here.set(step[1:], _text(value))
            return
        tag = f"{{{OWN if own else DECLARATION}}}{step}"
        place = place.below[step, own]
        last = number == len(steps) - 1
        known = here.find(tag) if not last or (item.is_object and not item.is_list) else None
        here = etree.SubElement(here, tag) if known is None else known
    if len(place.targets) > 1:
        here.set(f"{{{OWN}}}item", item.path)
    if item.is_object:
        assert isinstance(value, dict)
        _write_children(here, place, value, item)
    else:
        _write_leaf(here, item, value)


def _write_leaf(here: etree._Element, item: Item, value: object) -> None:
    text, code = to_wco(_text(value)) if item.format.kind in ("date", "datetime") else (_text(value), "")
    if code and here.tag.endswith("DateTime"):
        here = etree.SubElement(here, f"{{{DECLARATION}}}DateTimeString", formatCode=code)
    elif code:
        text = _text(value)
    here.text = text


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
