"""On whose behalf: the company a document names as its principal, where the lodger holds a mandate in force."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onewindow.application.ports import World
from onewindow.application.refusals import Forbidden
from onewindow.definitions.model import Definition
from onewindow.engine.generating.expression_code import attribute
from onewindow.kernel.actor import Actor, Party

REMEMBERED = timedelta(seconds=30)
MOST_REMEMBERED = 20_000


@dataclass(slots=True)
class Answers:
    """The principal of each document, or why it may not be lodged."""

    found: dict[int, Party] = field(default_factory=dict)
    refused: dict[int, Forbidden] = field(default_factory=dict)


class Principals:
    """Finds companies by the identifiers in documents, and remembers them for half a minute."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self._world = world
        self._clock = clock
        self._known: dict[str, tuple[Party, datetime]] = {}
        self._paths: dict[str, tuple[str, ...]] = {}

    def named(self, definition: Definition, document: object) -> str:
        """The identifier by which a document names its principal; empty when it names none."""
        return _value(document, self._path_of(definition)) if definition.lodging.principal else ""

    async def of(self, actor: Actor, definition: Definition, named: Mapping[int, str]) -> Answers:
        """The principal of each document from what it named: that registered company, else the lodger itself.

        A company that is neither the lodger nor one that gave it a mandate makes Forbidden. Raises NotDurable.
        """
        parties = await self._look_up({identifier for identifier in named.values() if identifier})
        answers = Answers()
        for number, identifier in named.items():
            party = parties.get(identifier) or actor.party
            if may_act_for(actor, party, definition.id):
                answers.found[number] = party
            else:
                answers.refused[number] = Forbidden(
                    f"You hold no mandate of {identifier} for this service today. Ask that company to give you one."
                )
        return answers

    def _path_of(self, definition: Definition) -> tuple[str, ...]:
        written = definition.lodging.principal
        path = self._paths.get(written)
        if path is None:
            path = self._paths[written] = tuple(attribute(name) for name in written.split("."))
        return path

    async def _look_up(self, identifiers: set[str]) -> dict[str, Party]:
        """The party of each, empty for strangers; one question for those that are not remembered."""
        now = self._clock()
        parties = {one: self._known[one][0] for one in identifiers if one in self._known and self._known[one][1] > now}
        missing = [one for one in identifiers if one not in parties]
        if not missing:
            return parties
        found = await asyncio.to_thread(self._world.parties, missing)
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known |= {one: (found.get(one, ""), now + REMEMBERED) for one in missing}
        return parties | {one: found.get(one, "") for one in missing}


def may_act_for(actor: Actor, party: Party, service: str) -> bool:
    """True for the actor's own party and for principals whose mandate (for all services, or this one) is in force."""
    return party == actor.party or party in actor.principals or f"{party}/{service}" in actor.principals


def _value(document: object, path: tuple[str, ...]) -> str:
    value: object = document
    for name in path:
        value = getattr(value, name, None)
    return str(value or "")
