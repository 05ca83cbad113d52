"""Lodges the demonstration's documents through the machine door, from companies and from brokers on their behalf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

import structlog

from onewindow.cli.demonstration import people
from onewindow.cli.demonstration.drafts import Drafts
from onewindow.cli.demonstration.key_file import Key
from onewindow.cli.demonstration.people import Company, Mandate
from onewindow.cli.demonstration.scenes import volumes
from onewindow.cli.door import Answer, Door
from onewindow.cli.progress import Progress
from onewindow.definitions.model import Definition
from onewindow.engine.registry import Registry

BY_BROKER = 0.35
LODGED = (200, 201)
JSON = "application/json"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """One document to be lodged: by whose key, for whom, and whether it is one that will be refused."""

    service: str
    number: int
    lodger: Company
    principal: Company
    refused: bool

    @property
    def reference(self) -> str:
        """The sender's own reference: stable, so that a repeat finds what was lodged."""
        return f"DEMO-{self.service[:12].upper()}-{self.number:04d}".replace(".", "-")


class Lodgers:
    """Who lodges what, as the services allow."""

    def __init__(self, definitions: Sequence[Definition], random: Random) -> None:
        self._roles = people.company_roles(definitions)
        self._companies = {company.id: company for company in people.companies()}
        self._mandates = [mandate for mandate in people.mandates() if mandate.from_days < 0 < mandate.until_days]
        self._random = random

    def plans(self, definition: Definition) -> Iterator[Plan]:
        """Every document of one service."""
        documents, refused = volumes().get(definition.family, (0, 0))
        for number in range(documents + refused):
            lodger, principal = self._pair(definition)
            yield Plan(definition.id, number, lodger, principal, refused=number >= documents)

    def _pair(self, definition: Definition) -> tuple[Company, Company]:
        if "broker" in definition.lodging.by and definition.lodging.principal and self._random.random() < BY_BROKER:
            mandate: Mandate = self._random.choice(self._mandates)
            return self._companies[mandate.broker], self._companies[mandate.principal]
        able = [company for company in self._companies.values() if self._may(company, definition)]
        company = self._random.choice(able)
        return company, company

    def _may(self, company: Company, definition: Definition) -> bool:
        return definition.lodging.anyone or bool(set(self._roles[company.id]) & set(definition.lodging.by))


def lodge_everything(url: str, keys: Sequence[Key], registry: Registry, now: datetime, random: Random) -> int:
    """Lodge every plan; how many were receipted. What was lodged by an earlier run is found again."""
    day = now.date()
    definitions = [one for one in registry.catalogue.services_on(day) if _has_example(registry, one, day)]
    lodgers, drafts = Lodgers(definitions, random), Drafts(registry, now, random)
    plans = [plan for definition in definitions for plan in lodgers.plans(definition)]
    random.shuffle(plans)
    doors = {key["company"]: Door(url, key["key"]) for key in keys if key["company"]}
    progress, receipted = Progress("demonstration: documents lodged", len(plans)), 0
    for plan in plans:
        answer = _lodge(doors[plan.lodger.id], drafts, plan)
        receipted += answer.status in LODGED
        if (answer.status in LODGED) == plan.refused:
            log.warning("demonstration_surprised", reference=plan.reference, status=answer.status, said=answer.json())
        progress.advance()
    progress.finish()
    return receipted


def _has_example(registry: Registry, definition: Definition, as_of: date) -> bool:
    try:
        registry.example(definition, as_of)
    except LookupError:
        return False
    return True


def _lodge(door: Door, drafts: Drafts, plan: Plan) -> Answer:
    make = drafts.refused if plan.refused else drafts.accepted
    body = make(plan.service, plan.reference, plan.principal)
    return door.post(f"/services/{plan.service}/submissions", body, media=JSON, key=f"demo-{plan.reference}")
