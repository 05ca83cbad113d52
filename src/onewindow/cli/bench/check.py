"""`bench check`: verdicts a second on one core, against decoding alone into the same structs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median

from onewindow.bootstrap import platform
from onewindow.cli.bench.declarations import GOODS, SERVICE, numbered, variants
from onewindow.cli.bench.figure import Figure
from onewindow.cli.day import today

DOCUMENTS = 1_000
"""Few enough to stay near the processor, as a body does that has just been received."""
SECONDS = 10.0
ROUND_LEAST = 3
WORKERS = 1
"""None, in truth: there is no server."""


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Judge distinct declarations in rounds; the median round counts."""
    del workers
    registry, as_of = platform().registry, today()
    checker = registry.in_force(SERVICE, as_of)
    assert checker is not None
    next_document = numbered(variants(registry, as_of), "CHCK")
    bodies = [next_document() for _ in range(DOCUMENTS)]
    assert all(checker.judge(body, as_of).accepted for body in bodies)
    gc.collect()
    gc.freeze()  # as the server does once it has started
    work = (lambda body: checker.judge(body, as_of), lambda body: checker.decode(body, as_of))
    verdicts, decodes = _rates(work, bodies, seconds or SECONDS)
    definition = checker.definition
    return Figure(
        "check",
        verdicts,
        "documents/s",
        verdicts / decodes,
        {
            "ratio_to": "decoding alone into the same structs",
            "decoding_alone_per_s": round(decodes),
            "service": definition.id,
            "document_bytes": round(sum(map(len, bodies)) / len(bodies)),
            "goods_items": GOODS,
            "items": len(definition.leaves()),
            "rules": sum(rule.valid.covers(as_of) for rule in definition.rules),
            "cores_used": 1,
        },
    )


def _rates(work: Sequence[Callable[[bytes], object]], bodies: list[bytes], seconds: float) -> list[float]:
    """For each kind of work the median of documents a second, over rounds through all bodies, turn and turn about."""
    rates: list[list[float]] = [[] for _ in work]
    ends = time.perf_counter() + seconds
    while len(rates[0]) < ROUND_LEAST or time.perf_counter() < ends:
        for kind, one in enumerate(work):
            began = time.perf_counter()
            for body in bodies:
                one(body)
            rates[kind].append(len(bodies) / (time.perf_counter() - began))
    return [median(kind) for kind in rates]
