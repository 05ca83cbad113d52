"""What the machine door counts, in the text format of Prometheus. Label values come from the table of operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY: Final = CollectorRegistry()
SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 10)

_answered: Final = Histogram(
    *("onewindow_request_seconds", "Calls answered, and the time from call to answer.", ("operation", "status")),
    buckets=SECONDS,
    registry=REGISTRY,
)
_documents: Final = Counter("onewindow_documents", "Documents by outcome.", ("service", "outcome"), registry=REGISTRY)


@lru_cache(maxsize=4096)
def _answer(operation: str, status: int) -> Callable[[float], None]:
    return _answered.labels(operation, str(status)).observe


def count_answer(operation: str, status: int, seconds: float) -> None:
    """One call was answered."""
    _answer(operation, status)(seconds)


@lru_cache(maxsize=4096)
def _outcome(service: str, outcome: str) -> Callable[[float], None]:
    return _documents.labels(service, outcome).inc


def count_documents(service: str, outcome: str, number: int = 1) -> None:
    """Documents of a known service: `lodged`, `repeated`, `refused`, `malformed` or `not_durable`."""
    _outcome(service, outcome)(number)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is read when it is asked for: rows of label values and the figure."""

    name: str
    words: str
    labels: tuple[str, ...]
    rows: list[tuple[tuple[str, ...], float]]


class _Figures(Collector):
    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        for figure in self._figures:
            family = GaugeMetricFamily(figure.name, figure.words, labels=figure.labels)
            for label_values, value in figure.rows:
                family.add_metric(label_values, value)
            yield family


def exposition(figures: Iterable[Figure]) -> bytes:
    """Everything counted so far: over all server processes when they share a folder for it."""
    gathered = CollectorRegistry()
    if values.ValueClass.__name__ == "MmapedValue":
        multiprocess.MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]
    else:
        gathered.register(_Own())
    gathered.register(_Figures(figures))
    return generate_latest(gathered)


class _Own(Collector):
    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()
