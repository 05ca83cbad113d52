"""A whole installation for the pages: server, followers, and people who sign in by one click."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg

from contract import door as machine
from onewindow.kernel.words import registered_name
from onewindow.storage.embedded import ServerAddress
from onewindow.storage.enrolment import Enrolment

WORKLIST = "work"
"""The work list's address among the pages."""

PEOPLE = {
    "owner": ("company:gamma", ("trader", "administrator", "applicant")),
    "other": ("company:delta", ("trader", "administrator")),
    "clerk": ("company:gamma", ("trader",)),
    "officer": ("agency:ced", ("declaration-officer", "inspection-officer")),
    "licensing": ("agency:afcd", ("licensing-officer", "inspection-officer")),
    "agent": ("agency:centre", ("contact-agent",)),
    "highways": ("agency:hyd", ("case-officer",)),
    "electrical": ("agency:emsd", ("case-officer",)),
    "leisure": ("agency:lcsd", ("case-officer",)),
    "driver": ("company:delta", ("carrier",)),
    "finance": ("agency:sief", ("finance-officer",)),
    "customs": ("agency:ced", ("inspection-officer", "control-point-officer")),
    "secretariat": ("agency:sief", ("secretariat-officer", "committee-secretary")),
    "intermediary": ("agency:sief", ("intermediary",)),
    "member-1": ("agency:sief", ("panel-member",)),
    "member-2": ("agency:sief", ("panel-member",)),
    "member-3": ("agency:sief", ("panel-member",)),
    "member-4": ("agency:sief", ("panel-member",)),
}
"""Logins: whom they act for and in which roles."""
IDENTIFIERS = {"gamma": "31274588", "delta": "10000005-000"}
CHINESE_NAMES = {"gamma": "伽瑪貿易有限公司", "owner": "陳美玲"}
"""Companies and people that have one; the others are called by their English name everywhere."""
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """A browser without a script: cookies, and the token that forms carry."""

    client: httpx.Client
    login: str = ""
    token: str = field(default="", repr=False)

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """A page; its form's token is remembered."""
        answer = self.client.get(path, params=parameters or None)
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> httpx.Response:
        """A form sent, redirects not followed; field names may be given with `__` for `/`."""
        if not self.token:
            self.get("/sign-in/")
        data = {name.replace("__", "/"): value for name, value in fields.items()}
        return self.client.post(path, data={"csrfmiddlewaretoken": self.token, **data}, files=files)


@dataclass(frozen=True, slots=True)
class House:
    """The running installation."""

    url: str
    owner_dsn: str
    folder: Path
    open_at_end: ExitStack

    def visitor(self, login: str = "", language: str = "en") -> Visitor:
        """A fresh browser, signed in as `login` if one is given."""
        client = httpx.Client(base_url=self.url, timeout=30, headers={"Accept-Language": language})
        self.open_at_end.enter_context(client)
        visitor = Visitor(client, login)
        if login:
            visitor.get("/sign-in/")
            answer = visitor.post(f"/demonstration/sign-in/{login}/")
            assert answer.status_code == 302, answer.text[:300]
            visitor.token = ""
        return visitor

    def lodged(self, visitor: Visitor, service: str) -> str:
        """The reference of the service's example, lodged by the visitor through the form."""
        begun = visitor.post(f"/services/{service}/start/", example="yes")
        assert begun.status_code == 302, begun.text[:500]
        draft = begun.headers["location"].split("/part/")[0]
        answer = visitor.post(f"{draft}/lodge/")
        assert answer.status_code == 302, _said(answer)
        return str(answer.headers["location"].split("/")[2])

    def task(self, visitor: Visitor, reference: str) -> str:
        """The address of the visitor's task for a submission, as soon as the work list has it."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            found = re.search(rf'href="(/{WORKLIST}/{reference}-[0-9.]+/)"', visitor.get(f"/{WORKLIST}/").text)
            if found:
                return found[1]
            time.sleep(0.2)
        raise AssertionError(f"no task for {reference} came to {visitor.login}")


def _said(answer: httpx.Response) -> str:
    """What the page says, for a failing test to show."""
    body = answer.text[answer.text.find("<main") :]
    return f"{answer.status_code} " + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))[:800]


@contextmanager
def house(postgres: ServerAddress, folder: Path) -> Iterator[House]:
    """A server with one-click sign-in, which an installation like this has to be asked for twice."""
    environment = {"ONEWINDOW_DEMO": "yes", "ONEWINDOW_DEMO_BEYOND_LOOPBACK": "yes"}
    with machine.running(postgres, folder, **environment) as door:
        _enrol(door.owner_dsn)
        with ExitStack() as clients:
            yield House(door.url, door.owner_dsn, folder, clients)


def _enrol(dsn: str) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(dsn) as connection:
        enrolment = Enrolment(connection)
        for company, identifier in IDENTIFIERS.items():
            name = registered_name(f"{company.title()} Limited", CHINESE_NAMES.get(company, ""))
            enrolment.company(company, name=name, identifier=identifier, kind="trader", mail="")
        for login, (party, roles) in PEOPLE.items():
            user = _login(connection, login, now)
            enrolment.person(
                user, name=registered_name(login.title(), CHINESE_NAMES.get(login, "")), mail=f"{login}@example.hk"
            )
            enrolment.seat(user, party, roles)
        until = now + timedelta(days=30)
        enrolment.mandate(principal="company:gamma", agent="company:delta", from_at=now, until=until)


def _login(connection: psycopg.Connection, name: str, now: datetime) -> int:
    row = connection.execute(
        "INSERT INTO login (username, password, is_superuser, first_name, last_name, email, is_staff, is_active,"
        " date_joined, public_id) VALUES (%s, '!', false, '', '', '', false, true, %s, %s::uuid) RETURNING id",
        (name, now, f"00000000-0000-4000-8000-{secrets.token_hex(6)}"),
    ).fetchone()
    assert row is not None
    return int(row[0])
