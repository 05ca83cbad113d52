"""Makes the demonstration's accounts and keys, before anything is lodged. Safe to repeat: keys stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from django.contrib.auth import get_user_model

from onewindow.bootstrap import Platform
from onewindow.cli.day import HONG_KONG
from onewindow.cli.demonstration import people
from onewindow.cli.demonstration.key_file import Key, KeyFileError, read_keys, write_keys
from onewindow.definitions.model import Definition
from onewindow.storage.enrolment import Enrolment, fresh_key


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who gets a key: `role` is its name in the file; `roles` are what it may do."""

    role: str
    party: str
    roles: tuple[str, ...]
    label: str

    @property
    def known_by(self) -> tuple[str, str, str]:
        """Role, agency and company, as in the file."""
        kind, _, code = self.party.partition(":")
        return (self.role, code if kind == "agency" else "", code if kind == "company" else "")


def make_accounts(platform: Platform) -> None:
    """Companies, people, mandates, officers and keys. Django must be set up and the database migrated."""
    definitions = list(platform.catalogue.definitions)
    roles = people.company_roles(definitions)
    everyone = people.staff(roles) + people.officers(definitions)
    users = {person.login: _login(person) for person in everyone}
    with psycopg.connect(platform.owner_dsn) as connection:
        enrolment = Enrolment(connection)
        _enrol_companies(enrolment)
        for person in everyone:
            user = users[person.login]
            enrolment.person(user, name=person.name, mail=_mail(person.login))
            enrolment.seat(user, person.party, person.roles)
        _make_keys(enrolment, platform.settings.data_dir, key_holders(definitions))


def knows_others(platform: Platform) -> bool:
    """Whether the database has a company or a login that is not the demonstration's."""
    definitions = list(platform.catalogue.definitions)
    everyone = people.staff(people.company_roles(definitions)) + people.officers(definitions)
    with psycopg.connect(platform.owner_dsn) as connection:
        return Enrolment(connection).knows_others(
            companies=[company.id for company in people.companies()], logins=[person.login for person in everyone]
        )


def key_holders(definitions: Sequence[Definition]) -> list[KeyHolder]:
    """A key for every company, for every agency with all its roles, for each seat of a panel, and for a monitor."""
    roles = people.company_roles(definitions)
    holders = [
        KeyHolder(company.kind, f"company:{company.id}", roles[company.id], company.name.en)
        for company in people.companies()
    ]
    agencies: dict[str, set[str]] = {}
    for officer in people.officers(definitions):
        agencies.setdefault(officer.party, set()).update(officer.roles)
    holders += [
        KeyHolder("officer", party, tuple(sorted(held)), f"{party.partition(':')[2].upper()} case system")
        for party, held in agencies.items()
    ]
    holders += [
        KeyHolder(officer.login, officer.party, officer.roles, officer.name.en)
        for officer in people.panel_members(definitions)
    ]
    return [*holders, KeyHolder("operator", "operator:monitor", ("operator",), "Monitor")]


def _login(person: people.Person) -> int:
    """The login's number; made without a password, since the demonstration's sign-in asks for none."""
    user, made = get_user_model().objects.get_or_create(username=person.login)
    if made:
        user.set_unusable_password()
        user.save()
    return int(user.pk)


def _enrol_companies(enrolment: Enrolment) -> None:
    now = datetime.now(HONG_KONG)
    for company in people.companies():
        enrolment.company(
            company.id, name=company.name, identifier=company.br, kind=company.kind, mail=_mail(company.id)
        )
    for mandate in people.mandates():
        enrolment.mandate(
            principal=f"company:{mandate.principal}",
            agent=f"company:{mandate.broker}",
            from_at=now + timedelta(days=mandate.from_days),
            until=now + timedelta(days=mandate.until_days),
        )


def _make_keys(enrolment: Enrolment, data_dir: Path, holders: Sequence[KeyHolder]) -> None:
    try:
        kept = {(key["role"], key["agency"], key["company"]): key["key"] for key in read_keys(data_dir)}
    except KeyFileError:
        kept = {}
    rows = []
    for holder in holders:
        role, agency, company = holder.known_by
        key = kept.get(holder.known_by) or fresh_key()
        enrolment.key(key, holder.party, holder.roles, label=holder.label)
        rows.append(Key(role=role, agency=agency, company=company, key=key))
    write_keys(data_dir, rows)


def _mail(login: str) -> str:
    return f"{login}@example.hk"
