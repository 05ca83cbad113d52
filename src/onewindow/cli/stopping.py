"""How a command that starts others is told to stop: a signal unwinds it, so that it ends in order what it started."""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: unwinds to the end, stopping in order what was started."""


def unwind_when_told() -> None:
    """From here on the first of `SIGNALS` raises Stopped."""
    for number in SIGNALS:
        signal.signal(number, _unwind)


def _unwind(_number: int, _frame: FrameType | None) -> None:
    """Once; a second signal must not cut the stopping short."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped
