"""Checking: the same verdict as lodging, and nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from onewindow.application.judging import Bench
from onewindow.kernel.actor import Actor
from onewindow.kernel.finding import Verdict


class Checking:
    """The use case of the dry run; any actor may check any service."""

    def __init__(self, *, bench: Bench, clock: Callable[[], datetime]) -> None:
        self._bench = bench
        self._clock = clock

    async def check(self, actor: Actor, service: str, body: bytes) -> Verdict:
        """The verdict on JSON bytes, standing rules included. Raises UnknownService, MalformedDocument, NotDurable."""
        now = self._clock()
        checker = self._bench.checker(service, now)
        case = self._bench.judge(checker, body, now)
        if case.judgement is None:
            return Verdict(case.findings, checker.not_checked)
        await self._bench.ask_world(actor, checker, [case])
        return Verdict(case.findings)

    def check_now(self, actor: Actor, service: str, body: bytes) -> Verdict:
        """The same for callers without an event loop, such as pages."""
        return asyncio.run(self.check(actor, service, body))
