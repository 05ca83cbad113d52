"""The same server with the database call left out: what `bench lodge` compares with. Only the benchmark starts it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from onewindow.application.ports import Change, Conflict, Lodge, Receipt
from onewindow.bootstrap import platform
from onewindow.cli.bench.installation import WITHOUT_DATABASE
from onewindow.kernel.lane import lane_index
from onewindow.kernel.reference import issue


class NothingKept:
    """Answers as the journal does and keeps nothing."""

    async def append(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]:
        """A receipt for every document."""
        return self.append_now(commands)

    async def answered(self, asked: Sequence[object]) -> list[None]:
        """Nothing was kept, so nothing is known."""
        return [None] * len(asked)

    def close(self) -> None:
        """There is nothing to wait for."""

    def append_now(self, commands: Sequence[Lodge | Change]) -> list[Receipt | Conflict]:
        """A receipt for every document."""
        at = datetime.now(UTC)
        return [_receipt(command, at) for command in commands if isinstance(command, Lodge)]


def _receipt(command: Lodge, at: datetime) -> Receipt:
    return Receipt(
        reference=issue(lane_index(command.lodger, platform().secret), platform().secret),
        service=command.service,
        version=1,
        definition_version=command.definition_version,
        state=command.state,
        lodged_at=at,
        digest=command.digest.hex(),
    )


if os.environ.get(WITHOUT_DATABASE) != "yes":
    raise RuntimeError("this server keeps nothing; it is there for the benchmark alone")
platform().__dict__["journal"] = NothingKept()

from onewindow.asgi import application  # noqa: E402 - only after the journal was replaced

__all__ = ["application"]
