"""Progress of long work, on standard error: one rewritten line on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time

ON_TERMINAL_S = 0.2
ELSEWHERE_S = 5.0


class Progress:
    """Counts `done` of `total` (0 when unknown) and shows it with the rate."""

    def __init__(self, what: str, total: int = 0) -> None:
        self.what = what
        self.total = total
        self.done = 0
        self._terminal = sys.stderr.isatty()
        self._every_s = ON_TERMINAL_S if self._terminal else ELSEWHERE_S
        self._began = self._shown = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Count `count` more, and show it when it is time."""
        self.done += count
        now = time.monotonic()
        if now - self._shown >= self._every_s:
            self._shown = now
            self._show(now)

    def finish(self) -> None:
        """Leave the terminal's line clean."""
        if self._terminal and self._shown != self._began:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _show(self, now: float) -> None:
        of = f" of {self.total}" if self.total else ""
        line = f"{self.what}: {self.done}{of}, {self.done / (now - self._began):.0f}/s"
        sys.stderr.write(f"\r\x1b[K{line}" if self._terminal else line + "\n")
        sys.stderr.flush()
