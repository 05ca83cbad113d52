"""Who takes part in the demonstration: companies and their people from files, officers from what the services name."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path

from onewindow.definitions.model import Definition, Stage
from onewindow.kernel.words import Words, registered_name

FOLDER = Path(__file__).parent
NOT_OFFICERS = frozenset({"lodger", "officer", "system", "anyone", "person"})
"""Words of the language that name no role of an agency."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company: `kind` is the role its people and its key have; `br` its business registration number."""

    id: str
    kind: str
    name: Words
    br: str


@dataclass(frozen=True, slots=True)
class Person:
    """A login: `party` is the company or agency it acts for, `roles` what it may do there."""

    login: str
    name: Words
    party: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mandate:
    """`broker` may lodge for `principal`; days count from today."""

    principal: str
    broker: str
    from_days: int
    until_days: int


@lru_cache(maxsize=1)
def companies() -> tuple[Company, ...]:
    """Every company of the demonstration."""
    return tuple(Company(row["id"], row["kind"], _name(row), row["br"]) for row in _rows("companies.csv"))


@lru_cache(maxsize=1)
def mandates() -> tuple[Mandate, ...]:
    """Every mandate; one of them has ended."""
    rows = _rows("mandates.csv")
    return tuple(
        Mandate(row["principal"], row["broker"], int(row["from_days"]), int(row["until_days"])) for row in rows
    )


def staff(company_roles: dict[str, tuple[str, ...]]) -> list[Person]:
    """The companies' people, with the roles of their company; administrators may also manage it."""
    people = []
    for row in _rows("people.csv"):
        extra = ("administrator",) if row["administrator"] == "yes" else ()
        roles = company_roles[row["company"]] + extra
        people.append(Person(row["id"], _name(row), f"company:{row['company']}", roles))
    return people


def company_roles(definitions: Iterable[Definition]) -> dict[str, tuple[str, ...]]:
    """Roles by company: its kind; those of kind `applicant` also have every lodger's role that no other company has."""
    named = {role for definition in definitions for role in definition.lodging.by} - NOT_OFFICERS
    other = tuple(sorted(named - {company.kind for company in companies()}))
    return {company.id: (company.kind, *(other if company.kind == "applicant" else ())) for company in companies()}


def officers(definitions: Iterable[Definition]) -> list[Person]:
    """Officers for every role at every agency that a stage names; a panel has one member more than its quorum."""
    seats = seats_of(definitions)
    names = cycle(_rows("officers.csv"))
    people = []
    for (agency, role), count in sorted(seats.items()):
        for number in range(1, count + 1):
            login = f"{agency}-{role}" + (f"-{number}" if count > 1 else "")
            people.append(Person(login, _name(next(names)), f"agency:{agency}", (role,)))
    return people


def panel_members(definitions: Iterable[Definition]) -> list[Person]:
    """The officers who sit on a panel: each scores alone."""
    definitions = list(definitions)
    panels = {
        (f"agency:{agency}", stage.role)
        for definition in definitions
        for stage in definition.stages
        if stage.panel
        for agency in agencies_of(stage)
    }
    return [person for person in officers(definitions) if (person.party, person.roles[0]) in panels]


def account_lines(definitions: Iterable[Definition]) -> list[str]:
    """One line for each who can sign in: login, name, roles and for whom."""
    definitions = list(definitions)
    everyone = staff(company_roles(definitions)) + officers(definitions)
    return [
        f"  {person.login:<34} {person.name.en:<18} {', '.join(person.roles)} · {person.party.partition(':')[2]}"
        for person in everyone
    ]


def seats_of(definitions: Iterable[Definition]) -> dict[tuple[str, str], int]:
    """How many officers each (agency, role) has: two, or a panel's quorum and one."""
    seats: dict[tuple[str, str], int] = {}
    for definition in definitions:
        for stage in definition.stages:
            wanted = stage.panel.quorum + 1 if stage.panel else 2
            for agency in agencies_of(stage):
                seats[agency, stage.role] = max(wanted, seats.get((agency, stage.role), 0))
    return seats


def agencies_of(stage: Stage) -> tuple[str, ...]:
    """The agencies that may work on a stage: its own, or the departments when a case is split among them."""
    return departments() if stage.opens == "split" else (stage.agency,)


@lru_cache(maxsize=1)
def departments() -> tuple[str, ...]:
    """The departments among which the demonstration splits cases."""
    return tuple(row["agency"] for row in _rows("departments.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _name(row: dict[str, str]) -> Words:
    return registered_name(row["en"], row["zh-Hant"])
