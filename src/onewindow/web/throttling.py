"""How often one address may try something guessable: counted in this process, forgotten after the window."""

from __future__ import annotations

import time
from threading import Lock

from django.http import HttpRequest

KEPT_MOST = 50_000
_tries: dict[tuple[str, str], tuple[float, int]] = {}
_lock = Lock()


def too_often(request: HttpRequest, what: str, *, most: int, seconds: float) -> bool:
    """True when this address has tried `what` more than `most` times within `seconds`."""
    key, now = (what, str(request.META.get("REMOTE_ADDR", ""))), time.monotonic()
    with _lock:
        if len(_tries) > KEPT_MOST:
            _tries.clear()
        began, count = _tries.get(key, (now, 0))
        began, count = (now, 1) if now - began > seconds else (began, count + 1)
        _tries[key] = (began, count)
    return count > most
