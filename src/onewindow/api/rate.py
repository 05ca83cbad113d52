"""How many calls a key may make: a bucket of tokens that fills evenly."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

_BUCKETS_MOST: Final = 50_000


class Buckets:
    """`per_second` calls in the long run for every key, twice as many at once. Counts in this process alone."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * 2)
        self._clock = clock
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, owner: bytes) -> int:
        """Take one token: 0 when there was one, else the seconds after which there is one."""
        now = self._clock()
        tokens, filled_at = self._buckets.get(owner) or (self._most, now)
        tokens = min(self._most, tokens + (now - filled_at) * self._per_second)
        granted = tokens >= 1
        self._buckets[owner] = (tokens - 1 if granted else tokens, now)
        if len(self._buckets) > _BUCKETS_MOST:
            self._buckets.popitem(last=False)
        return 0 if granted else max(1, ceil((1 - tokens) / self._per_second))
