"""Bodies of actions, filled in from what the definition asks for."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from onewindow.cli.demonstration.people import departments
from onewindow.cli.demonstration.scenes import words_for
from onewindow.definitions.catalogue import Catalogue
from onewindow.definitions.model import Action, Definition, Item, Stage

LEGS = 2
AMOUNT = "48500.00"


class Bodies:
    """Fills in what an action needs: every item that must be there, and its words."""

    def __init__(self, catalogue: Catalogue, as_of: date, random: Random) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        self._random = random

    def body(self, definition: Definition, action: Action, stage: Stage | None) -> dict[str, Any]:
        """The action's body; empty when it takes none."""
        if action.items is None:
            return {}
        body = {}
        for item in action.items.children:
            value = self._value(definition, action, stage, item)
            if value not in (None, "", []):
                body[item.name] = value
        return body

    def _value(self, definition: Definition, action: Action, stage: Stage | None, item: Item) -> Any:
        if item.is_object:
            return self._rows(definition, action, stage, item)
        if item.name == "words" and (item.required or self._random.random() < 0.5):
            return words_for(action.name, self._random) or ("—" if item.required else "")
        if not item.required and not (item.repeat and item.repeat[0]):
            return None
        value = self._leaf(action, item)
        return [value] if item.is_list else value

    def _rows(self, definition: Definition, action: Action, stage: Stage | None, item: Item) -> list[dict[str, Any]]:
        """A row for each criterion of the panel, or for each department that a case is split among."""
        names = {child.name for child in item.children}
        if {"criterion", "mark"} <= names and stage is not None and stage.panel is not None:
            return [
                {"criterion": code, "mark": str(self._random.randint(most // 2, most))}
                for code, _, most in stage.panel.criteria
            ]
        if {"stage", "agency"} <= names:
            below = [one.name for one in definition.stages if one.opens == "split"]
            chosen = self._random.sample(departments(), LEGS)
            note = words_for(action.name, self._random)
            return [{"stage": self._random.choice(below), "agency": agency, "note": note} for agency in chosen]
        return []

    def _leaf(self, action: Action, item: Item) -> Any:
        kind = item.format.kind
        if item.codes == "agency":
            return self._random.choice(departments())
        if item.codes:
            return self._random.choice(sorted(self._catalogue.vocabulary.lists[item.codes].on(self._as_of)))
        plain: dict[str, Any] = {
            "decimal": AMOUNT,
            "integer": 1,
            "flag": True,
            "date": (self._as_of + timedelta(days=self._random.randint(2, 14))).isoformat(),
        }
        return plain[kind] if kind in plain else words_for(action.name, self._random) or "1"
