"""`bench worklist`: an officer's work list with a million open tasks in the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

import psycopg

from onewindow.application.ports import Filter
from onewindow.bootstrap import Platform
from onewindow.cli.bench.figure import Figure
from onewindow.cli.bench.figures import percentile
from onewindow.cli.bench.installation import Installation, installation
from onewindow.cli.bench.signed_in import cookie_of
from onewindow.kernel.actor import Actor
from onewindow.storage.queries import query

TASKS = 1_000_000
AGENCY = "ced"
PAGES_DEEP = 5
WARM_CALLS = 20
SECONDS = 30.0
MARK = b"-BENCH"
"""Ends every task's reference: an answer without one is not a work list."""
PAGE = "work"
"""The work list's address among the pages."""
STATEMENT_MARKS = ("LOG:  execute ", "LOG:  statement: ")
WORKERS = 2
"""As the server starts by itself."""


def measure(*, seconds: float | None, workers: int) -> Figure:
    """The list as its first page, filtered, and pages deep; at the database, and over HTTP."""
    third_s = (seconds or SECONDS) / 3
    with installation() as place:
        definitions = list(place.platform.catalogue.definitions)
        roles = sorted({stage.role for one in definitions for stage in one.stages if stage.agency == AGENCY})
        services = sorted(one.id for one in definitions if any(stage.agency == AGENCY for stage in one.stages))
        _fill(place, roles, services)
        actor_roles = tuple(roles)
        actor = Actor(party=f"agency:{AGENCY}", roles=frozenset(roles))
        at_database = _timed(_reads(place.platform, actor, services), third_s)
        address = place.serve(workers=workers)
        browser = {"Cookie": cookie_of(place.platform, actor.party, actor_roles)}
        machine = {"Authorization": f"Bearer {place.key(actor.party, actor_roles)}"}
        pages = _timed(_calls(address, f"/{PAGE}/", browser, services), third_s)
        calls = _timed(_calls(address, "/api/v1/tasks", machine, services), third_s)
        details = {
            "http_p95_ms": _ms(pages, 0.95),
            "statements": _statements(place, address, f"/{PAGE}/", browser),
            "api_p95_ms": _ms(calls, 0.95),
            "api_statements": _statements(place, address, "/api/v1/tasks", machine),
            "p50_ms": _ms(at_database, 0.5),
            "p99_ms": _ms(at_database, 0.99),
            "http_p50_ms": _ms(pages, 0.5),
            "api_p50_ms": _ms(calls, 0.5),
            "open_tasks": TASKS,
            "agency": AGENCY,
            "roles": len(roles),
            "services": len(services),
            "pages_deep": PAGES_DEEP,
            **place.postgres(),
        }
    return Figure("worklist", percentile(at_database, 0.95) * 1000, "ms", None, details)


def _fill(place: Installation, roles: list[str], services: list[str]) -> None:
    with psycopg.connect(place.platform.owner_dsn, autocommit=True) as connection:
        values = {"agency": AGENCY, "roles": roles, "services": services, "stage": "bench", "many": TASKS}
        connection.execute(query("fill_tasks").encode(), values)
        connection.execute(b"VACUUM (ANALYZE) task")


def _filters(services: list[str]) -> list[Filter]:
    return [Filter(), *(Filter(service=service) for service in services), Filter(state="pending")]


def _reads(platform: Platform, actor: Actor, services: list[str]) -> Iterator[Callable[[], object]]:
    """Reads through the application's port, pages deep: what a page asks of the database, and nothing else."""
    places = []
    for wanted in _filters(services):
        after = ""
        for _ in range(PAGES_DEEP):
            places.append((wanted, after))
            after = platform.worklist.tasks(actor, wanted, after).after
            if not after:
                break
    return cycle([partial(platform.worklist.tasks, actor, wanted, after) for wanted, after in places])


def _calls(
    address: tuple[str, int], path: str, headers: dict[str, str], services: list[str]
) -> Iterator[Callable[[], object]]:
    connection = HTTPConnection(*address, timeout=30)
    paths = [path, *(f"{path}?service={service}" for service in services)]
    return cycle([partial(_get, connection, one, headers) for one in paths])


def _get(connection: HTTPConnection, path: str, headers: dict[str, str]) -> None:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200 or MARK not in body:
        raise RuntimeError(f"{path} answers {response.status}: {body[:300].decode(errors='replace')}")


def _timed(calls: Iterator[Callable[[], object]], seconds: float) -> list[float]:
    for _ in range(WARM_CALLS):
        next(calls)()
    samples = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        call = next(calls)
        began = time.perf_counter()
        call()
        samples.append(time.perf_counter() - began)
    return samples


def _statements(place: Installation, address: tuple[str, int], path: str, headers: dict[str, str]) -> int:
    """What the server sent to the database for one page, by the database's own log."""
    with psycopg.connect(place.platform.owner_dsn, autocommit=True) as connection:
        connection.execute(b"ALTER SYSTEM SET log_statement = 'all'")
        connection.execute(b"SELECT pg_reload_conf()")
        time.sleep(1)
        before = _logged(place.folder)
        _get(HTTPConnection(*address, timeout=30), path, headers)
        time.sleep(1)
        after = _logged(place.folder)
        connection.execute(b"ALTER SYSTEM RESET log_statement")
        connection.execute(b"SELECT pg_reload_conf()")
    return after - before


def _logged(folder: Path) -> int:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("postgres/log/*.log")]
    return sum(line.count(mark) for text in texts for line in text.splitlines() for mark in STATEMENT_MARKS)


def _ms(samples: list[float], share: float) -> float:
    return round(percentile(samples, share) * 1000, 2)
