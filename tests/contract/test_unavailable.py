"""While the database is away nothing is taken: 503, when to come back, nothing kept; and it recovers by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from contract.door import SERVICE, Door, as_line, key, problem
from onewindow.storage.embedded import ServerAddress

LODGE = f"/services/{SERVICE}/submissions"


@contextmanager
def database_away(postgres: ServerAddress, door: Door) -> Iterator[None]:
    """The door's database lets nobody in, and throws out those who are."""
    name = str(conninfo_to_dict(door.owner_dsn)["dbname"])
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        superuser.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            superuser.execute(allow.format(sql.Identifier(name), sql.Literal(True)))


def test_what_cannot_be_kept_is_refused_and_may_be_sent_again(postgres: ServerAddress, door: Door) -> None:
    document, headers, batch = door.example(), key(), key()
    lines = as_line(door.example()) + as_line(door.example())
    media = {"Content-Type": "application/x-ndjson"}
    kept = door.submissions_kept()
    with door.client() as client:
        client.get("/services")
        with database_away(postgres, door):
            away = client.post(LODGE, json=document, headers=headers)
            problem(away, 503, "not_durable")
            assert int(away.headers["retry-after"]) >= 1
            problem(client.get("/submissions"), 503, "not_durable")
            assert httpx.get(f"{door.url}/health/ready", timeout=30).status_code == 503
            assert httpx.get(f"{door.url}/health/live").status_code == 200
            answer = client.post(f"/services/{SERVICE}/batches", content=lines, headers={**media, **batch})
            if answer.status_code == 200:
                problems = [json.loads(line)["problem"]["code"] for line in answer.text.splitlines()]
                assert problems == ["not_durable"] * 2
            else:
                problem(answer, 503, "not_durable")
        assert door.submissions_kept() == kept
        assert _taken(client, document, headers) == 201
        again = client.post(f"/services/{SERVICE}/batches", content=lines, headers={**media, **batch})
    assert ["receipt" in json.loads(line) for line in again.text.splitlines()] == [True, True]
    assert door.submissions_kept() == kept + 3


def _taken(client: httpx.Client, document: dict[str, object], headers: dict[str, str]) -> int:
    """The first status that is no 503, within twenty seconds."""
    until = time.monotonic() + 20
    status = 503
    while status == 503 and time.monotonic() < until:
        status = client.post(LODGE, json=document, headers=headers).status_code
        time.sleep(0.2)
    return status
