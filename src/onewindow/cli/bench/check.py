"""`bench check`: verdicts a second on one core, against decoding alone into the same structs."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from onewindow.bootstrap import platform
from onewindow.cli.bench.declarations import GOODS, SERVICE, numbered, variants
from onewindow.cli.bench.figure import Figure
from onewindow.cli.day import today

DOCUMENTS = 4_000
SECONDS = 10.0
ROUND_LEAST = 3


def measure(*, seconds: float | None, workers: int) -> Figure:
    """Judge distinct declarations in rounds; the median round counts."""
    del workers
    registry, as_of = platform().registry, today()
    checker = registry.checker(SERVICE)
    assert checker is not None
    next_document = numbered(variants(registry, as_of), "CHCK")
    bodies = [next_document() for _ in range(DOCUMENTS)]
    assert all(checker.judge(body, as_of).accepted for body in bodies)
    half = (seconds or SECONDS) / 2
    verdicts = _rate(lambda body: checker.judge(body, as_of), bodies, half)
    decodes = _rate(lambda body: checker.decode(body, as_of), bodies, half)
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


def _rate(work: Callable[[bytes], object], bodies: list[bytes], seconds: float) -> float:
    """Median of documents a second over rounds through all bodies."""
    rates: list[float] = []
    ends = time.perf_counter() + seconds
    while len(rates) < ROUND_LEAST or time.perf_counter() < ends:
        began = time.perf_counter()
        for body in bodies:
            work(body)
        rates.append(len(bodies) / (time.perf_counter() - began))
    return median(rates)
