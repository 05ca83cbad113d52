"""WCO XML in: a `Declaration` (or another root a service names), bare or in a `MetaData` envelope, to JSON.

Nothing is dropped in silence: an element that stands for no item becomes a member under its path, which the checker
then names as unknown, so that XML and JSON get the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from lxml import etree

from onewindow.channels.hardened_xml import local_name, namespace, parse
from onewindow.channels.wco_places import OWN, Place, Target, places_of
from onewindow.channels.wco_times import from_wco
from onewindow.definitions.model import Definition, Item
from onewindow.engine.checking.json_guard import MalformedDocument
from onewindow.kernel.finding import Finding, pointer_of

ENVELOPE: Final = "MetaData"
UNKNOWN_MOST: Final = 2_000
"""More than the checker ever names; what comes after refuses nobody more."""
_ORIGINAL: Final = "9"
_VALUED: Final = ("currencyID", "unitCode")
_TRUE, _FALSE = frozenset({"true", "1", "Y"}), frozenset({"false", "0", "N"})

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A document that came as XML: its JSON, and where in the XML each pointer came from."""

    json: bytes
    definition: Definition
    paths: Mapping[str, str]

    def located(self, finding: Finding) -> Finding:
        """The finding with the XPath of its place, or of where a missing item belongs."""
        return replace(finding, xpath=self.xpath(finding.pointer))

    def xpath(self, pointer: str) -> str:
        """The XPath of a pointer. Names are local: match them with local-name()."""
        above, rest = pointer, list[str]()
        while above not in self.paths:
            above, _, name = above.rpartition("/")
            rest.insert(0, name)
        return self.paths[above] + "".join(f"/{step}" for step in _missing(self.definition.root, above, rest))


def service_named(body: bytes, definitions: Iterable[Definition]) -> str:
    """The id of the service that an XML document names by root element and type code; empty when it names none.

    Raises MalformedDocument.
    """
    root = _root(parse(body))
    code = next((_text(child) for child in root if local_name(child) == "TypeCode"), "")
    fitting = [one for one in definitions if one.xml_types and one.xml_root == local_name(root)]
    return next((one.id for one in fitting if code in one.xml_types), "")


def read_document(body: bytes, definition: Definition) -> XmlDocument:
    """The document as JSON. Raises MalformedDocument when it is not well-formed XML or has another root."""
    root = _root(parse(body))
    if local_name(root) != definition.xml_root:
        named, wanted = local_name(root)[:60], definition.xml_root
        raise MalformedDocument(f"the root element is {named}: send {wanted}, alone or in {ENVELOPE}")
    reading = _Reading(definition)
    path = f"/{local_name(root)}" if root.getparent() is None else f"/{ENVELOPE}/{local_name(root)}"
    reading.paths[""] = path
    reading.element(root, places_of(definition), reading.document, (), path)
    return XmlDocument(msgspec.json.encode(reading.document), definition, reading.paths)


def _root(top: etree._Element) -> etree._Element:
    """The document itself: the last element of an envelope, since what stands before it is about the envelope."""
    if local_name(top) != ENVELOPE:
        return top
    if not len(top):
        raise MalformedDocument(f"{ENVELOPE} is empty: put the document into it")
    return top[-1]


class _Reading:
    """One document while it is read."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.document: dict[str, object] = {}
        self.paths: dict[str, str] = {}
        self.unknown = 0

    def element(self, element: etree._Element, place: Place, into: dict[str, object], at: Pointer, path: str) -> None:
        """The children of `element` into the object `into`, which stands at the pointer `at`."""
        seen: dict[str, int] = {}
        for child in element:
            name = local_name(child)
            seen[name] = seen.get(name, 0) + 1
            below = f"{path}/{name}" + (f"[{seen[name]}]" if seen[name] > 1 else "")
            found = place.find(name, own=namespace(child) == OWN)
            if found is None:
                self._unplaced(child, into, at, below)
            else:
                self._placed(child, found, into, at, below)

    def _placed(self, element: etree._Element, place: Place, into: dict[str, object], at: Pointer, path: str) -> None:
        target = _target(element, place, into)
        if target is not None and target.item.is_object:
            rows = _holder(into, target.names).setdefault(target.names[-1], [])
            assert isinstance(rows, list)
            row: dict[str, object] = {}
            rows.append(row)
            inside = (*at, *target.names, len(rows) - 1)
            self.paths[pointer_of(inside)] = path
            self._attributes(element, place, row, inside, path)
            self.element(element, place, row, inside, path)
            return
        if target is not None:
            self._value(element, target, into, at, path)
        elif place.targets or (not len(element) and _text(element)):
            self._unknown(into, at, path, _text(element))
        self._attributes(element, place, into, at, path)
        if place.below:
            self.element(element, place, into, at, path)

    def _value(self, element: etree._Element, target: Target, into: dict[str, object], at: Pointer, path: str) -> None:
        text = _leaf_text(element, target.item)
        if text is None:
            self._unknown(into, at, path, "")
        elif text:
            self._put(target, text, into, at, path)

    def _put(self, target: Target, text: str, into: dict[str, object], at: Pointer, path: str) -> None:
        holder, name = _holder(into, target.names), target.names[-1]
        pointer: Pointer = (*at, *target.names)
        value = _typed(text, target.item)
        if target.item.is_list:
            values = holder.setdefault(name, [])
            assert isinstance(values, list)
            values.append(value)
            pointer = (*pointer, len(values) - 1)
        elif holder.setdefault(name, value) != value:
            self._unknown(into, at, path, text)
            return
        self.paths[pointer_of(pointer)] = path

    def _attributes(
        self, element: etree._Element, place: Place, into: dict[str, object], at: Pointer, path: str
    ) -> None:
        for name, text in element.attrib.items():
            plain = str(name)
            if target := place.attributes.get(plain):
                self._put(target, str(text).strip(), into, at, f"{path}/@{plain}")
            elif plain in _VALUED and str(text).strip():
                self._unknown(into, at, f"{path}/@{plain}", str(text))

    def _unplaced(self, element: etree._Element, into: dict[str, object], at: Pointer, path: str) -> None:
        if self._says_nothing_new(element, at):
            return
        self._unknown(into, at, path, _text(element))

    def _says_nothing_new(self, element: etree._Element, at: Pointer) -> bool:
        """The type code that names the service, an original's function code, a row's number where the row stands."""
        name, text = local_name(element), _text(element)
        if at:
            return name == "SequenceNumeric" and isinstance(at[-1], int) and text == str(at[-1] + 1)
        return (name == "TypeCode" and text in self.definition.xml_types) or (
            name == "FunctionCode" and text == _ORIGINAL
        )

    def _unknown(self, into: dict[str, object], at: Pointer, path: str, text: str) -> None:
        self.unknown += 1
        if self.unknown > UNKNOWN_MOST:
            return
        above = self.paths.get(pointer_of(at), self.paths[""])
        name = path.removeprefix(above).lstrip("/")
        into.setdefault(name, text)
        self.paths[pointer_of((*at, name))] = path


def _target(element: etree._Element, place: Place, into: dict[str, object]) -> Target | None:
    """The item an element stands for: the one it names itself, else the first that is still free."""
    named = element.get(f"{{{OWN}}}item")
    free = [one for one in place.targets if one.item.is_list or _absent(into, one.names)]
    return next((one for one in place.targets if one.item.path == named), free[0] if free else None)


def _absent(into: dict[str, object], names: tuple[str, ...]) -> bool:
    here: object = into
    for name in names:
        if not isinstance(here, dict) or name not in here:
            return True
        here = here[name]
    return False


def _holder(into: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """The object that holds the last of `names`, made on the way."""
    here = into
    for name in names[:-1]:
        inner = here.setdefault(name, {})
        assert isinstance(inner, dict)
        here = inner
    return here


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _leaf_text(element: etree._Element, item: Item) -> str | None:
    """The text of a leaf; of a date the text of its DateTimeString. None when it holds other elements."""
    kind = item.format.kind
    if not len(element):
        text = _text(element)
        coded = element.get("formatCode") is not None
        return from_wco(text, kind) if kind in ("date", "datetime") and (coded or "-" not in text) else text
    inner = element[0]
    if len(element) > 1 or len(inner) or local_name(inner) != "DateTimeString":
        return None
    return from_wco(_text(inner), kind)


def _typed(text: str, item: Item) -> object:
    """The JSON value; what cannot be read as the item's kind stays text, for the checker to name."""
    kind = item.format.kind
    if kind == "integer" and text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    if kind == "flag" and text in _TRUE | _FALSE:
        return text in _TRUE
    return text


def _missing(root: Item, above: str, rest: list[str]) -> Iterable[str]:
    """The elements in which the items named by `rest` would stand below the place of `above`."""
    item: Item | None = root
    for name in above.split("/")[1:]:
        item = item if name.isdigit() else (item.child(name) if item else None)
    for name in rest:
        item = item.child(name) if item and not name.isdigit() else item
        if item is None:
            return
        if not name.isdigit() and item.xml:
            yield item.xml
