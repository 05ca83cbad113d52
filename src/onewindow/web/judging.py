"""What checking says of a document that is being written: the same verdict as lodging's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from onewindow.application.amend import judge_amendment
from onewindow.bootstrap import platform
from onewindow.definitions.model import Definition
from onewindow.engine.example import on_behalf_of
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Finding, Verdict
from onewindow.kernel.hong_kong import hong_kong_day
from onewindow.web.drafts.form import Form
from onewindow.web.forms.places import Json, without_empty
from onewindow.web.today import hong_kong_today


@dataclass(frozen=True, slots=True)
class Opinion:
    """Findings, and for an accepted document its charges (fee, amount, currency)."""

    findings: tuple[Finding, ...]
    charges: tuple[tuple[str, Decimal, str], ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "warning")


def bytes_of(document: Json) -> bytes:
    """The document as it is lodged: JSON without anything empty in it."""
    return json.dumps(without_empty(document) or {}, ensure_ascii=False, separators=(",", ":")).encode()


def opinion_of(form: Form, document: Json) -> Opinion:
    """The verdict on what was typed so far, without the rules that need the state of the world."""
    return _opinion(form.definition.id, form.definition.version, bytes_of(document), form.day)


@lru_cache(maxsize=32)
def _opinion(service: str, version: str, body: bytes, day: date) -> Opinion:
    """Kept for a moment: every page of a form asks for the verdict on the same document."""
    definition = platform().catalogue.version(service, version)
    assert definition is not None, "a form's definition is in the catalogue"
    judged = platform().registry.checker(definition).judge(body, day)
    if isinstance(judged, Verdict):
        return Opinion(judged.findings)
    return Opinion(judged.warnings, judged.charges)


def whole_opinion(lodger: Actor, form: Form, document: Json) -> Opinion:
    """The verdict as handing in would give it now, with what the state of the world says. Raises NotDurable."""
    early = opinion_of(form, document)
    if early.errors:
        return early
    if form.amends is not None:
        return Opinion(
            judge_amendment(platform().desk, lodger, form.amends, bytes_of(document)).findings, early.charges
        )
    verdict = platform().checking.check_now(lodger, form.definition.id, bytes_of(document))
    return Opinion(verdict.findings, early.charges)


def example_of(definition: Definition, lodger: Actor) -> dict[str, Json]:
    """The service's example, filled in so that it is accepted today, with the lodger's own company as the principal."""
    found: dict[str, Json] = json.loads(platform().registry.example(definition, hong_kong_today()))
    company = platform().companies.own(lodger) if definition.lodging.principal and lodger.party else None
    if company is not None:
        on_behalf_of(found, definition.lodging.principal, identifier=company.identifier, name=company.name)
    return found


def warnings_of(definition: Definition, document: Json, lodged_at: datetime) -> tuple[Finding, ...]:
    """What did not stop the lodger but an officer should know, by the rules of the day of lodging."""
    judged = platform().registry.checker(definition).judge(bytes_of(document), hong_kong_day(lodged_at))
    return judged.findings if isinstance(judged, Verdict) else judged.warnings
