"""Where the items of a service stand in WCO XML: the item tree turned into a tree of elements.

An item's `xml` is its path below its parent's; an empty path means that its parts stand beside their parent's. Names
are compared without namespaces, except that our own items stand in ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from onewindow.definitions.model import Definition, Item

OWN: Final = "urn:onewindow:items"
DECLARATION: Final = "urn:wco:datamodel:WCO:DEC-DMS:2"
_TRAITS: Final = {"currencyID": "currency", "unitCode": "unit"}
"""Attributes that carry a value of their own, and the code list by which the item beside it is known."""


@dataclass(frozen=True, slots=True)
class Target:
    """An item and the names from its innermost table (or the root) down to it."""

    item: Item
    names: tuple[str, ...]


@dataclass(slots=True)
class Place:
    """An element: what stands in it, in which attributes, and the elements below. `own` ones are in our namespace."""

    below: dict[tuple[str, bool], Place] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    attributes: dict[str, Target] = field(default_factory=dict)

    def find(self, name: str, *, own: bool) -> Place | None:
        """The place of an element by name; the other namespace is tried too, since many writers leave it out."""
        return self.below.get((name, own)) or self.below.get((name, not own))


_known: dict[int, tuple[Item, Place]] = {}


def places_of(definition: Definition) -> Place:
    """The places below the root element of a document of this service, made once for each definition."""
    root = definition.root
    if id(root) not in _known:
        top = Place()
        _add_children(top, root, ())
        _known[id(root)] = (root, top)
    return _known[id(root)][1]


def steps_of(item: Item) -> list[tuple[str, bool]]:
    """The elements from the parent's down to the item's; an attribute is a step that begins with `@`."""
    return [(step, item.xml_own) for step in item.xml.split("/") if step]


def _add_children(place: Place, parent: Item, names: tuple[str, ...]) -> None:
    for child in parent.children:
        _add(place, child, (*names, child.name))
    for child in parent.children:
        _add_traits(place, parent, child, names)


def _add(place: Place, item: Item, names: tuple[str, ...]) -> None:
    here = place
    for step, own in steps_of(item):
        if step.startswith("@"):
            here.attributes[step[1:]] = Target(item, names)
            return
        here = here.below.setdefault((step, own), Place())
    if item.is_object and not item.is_list:
        _add_children(here, item, names)
        return
    here.targets.append(Target(item, names))
    if item.is_object:
        _add_children(here, item, ())


def _add_traits(place: Place, parent: Item, item: Item, names: tuple[str, ...]) -> None:
    """An amount's `currencyID` and a quantity's `unitCode` fill the next item beside it that takes such a code."""
    if item.is_object or item.is_list or item.format.kind != "decimal":
        return
    following = parent.children[parent.children.index(item) + 1 :]
    here = place
    for step, own in steps_of(item):
        here = here.below.get((step, own), here)
    for attribute, codes in _TRAITS.items():
        beside = next((one for one in following if one.codes == codes and not one.is_object), None)
        if beside is not None:
            here.attributes.setdefault(attribute, Target(beside, (*names, beside.name)))
