"""How documents that arrive one by one are put into groups, seen by a connection that takes its time."""

from __future__ import annotations

import asyncio

import pytest

from onewindow.application.ports import Lodge
from onewindow.storage import door
from onewindow.storage.journal import UNDIVIDED, PostgresJournal

SECRET = b"s" * 32
ROUNDS = 20


class Slow:
    """A connection as the journal uses it; notes how many documents each statement brings."""

    def __init__(self, sizes: list[int]) -> None:
        self._sizes = sizes

    async def execute(self, statement: str, *values: object) -> str:
        """Some milliseconds for everybody, as a commit takes."""
        del statement
        lanes = values[4]
        assert isinstance(lanes, list)
        self._sizes.append(len(lanes))
        await asyncio.sleep(0.002)
        return ""

    def is_closed(self) -> bool:
        """It stays open."""
        return False

    async def close(self, **_: object) -> None:
        """There is nothing to end."""


def sizes_of_groups(monkeypatch: pytest.MonkeyPatch, *, clients: int) -> list[int]:
    """The groups that so many clients cause, each with one document on its way at any time."""
    sizes: list[int] = []

    async def connect(dsn: str, *, durable: bool = True) -> Slow:
        del dsn, durable
        return Slow(sizes)

    async def client(journal: PostgresJournal) -> None:
        for _ in range(ROUNDS):
            await journal.append([document()])

    async def all_clients() -> None:
        journal = PostgresJournal("", SECRET)
        await journal.open_here()
        await asyncio.gather(*(client(journal) for _ in range(clients)))
        await journal.close_here()

    monkeypatch.setattr(door, "connect", connect)
    asyncio.run(all_clients())
    return sizes


def document() -> Lodge:
    return Lodge(
        *(
            0,
            "company:a",
            "company:a",
            "service",
            "1",
            "lodged",
            "",
            "",
            b"{}",
            "application/json",
            b"d" * 32,
            b"{}",
            "",
        )
    )


def test_half_of_many_is_written_while_the_other_half_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = sizes_of_groups(monkeypatch, clients=64)
    assert sum(sizes) == 64 * ROUNDS
    assert max(sizes) <= 32
    assert len(sizes) < 3 * ROUNDS


def test_a_few_are_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = sizes_of_groups(monkeypatch, clients=UNDIVIDED)
    assert sizes == [UNDIVIDED] * ROUNDS
