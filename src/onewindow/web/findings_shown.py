"""Findings as the page before lodging lists them: said once, with a link to every place where it was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from onewindow.definitions.model import Item
from onewindow.kernel.finding import Finding
from onewindow.web.forms.places import parts_of

INSIDE = " › "


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and the places (words, address) where just the same was found."""

    finding: Finding
    places: list[tuple[str, str]] = field(default_factory=list)


def found_once(
    findings: Iterable[Finding], root: Item, language: str, address: Callable[[Finding], str]
) -> list[Found]:
    """Findings of the same rule, message and remedy together, in the order of their first place."""
    shown: dict[object, Found] = {}
    for finding in findings:
        same = shown.setdefault((finding.code, finding.message, finding.remedy), Found(finding))
        same.places.append((place_in_words(root, finding.pointer, language), address(finding)))
    return list(shown.values())


def place_in_words(root: Item, pointer: str, language: str) -> str:
    """`/masters/0/consignments/2/number` as `Master bill of lading 1 › Consignment 3`: the groups around a leaf."""
    said: list[str] = []
    at = root
    for part in parts_of(pointer):
        if part.isdecimal() and said:
            said[-1] += f" {int(part) + 1}"
        elif child := at.child(part):
            at = child
            said.append(at.words.of(language))
    around = said if at.is_object or at.is_list else said[:-1]
    return INSIDE.join(around or said)
