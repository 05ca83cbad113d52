"""A benchmark's figure, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from onewindow.cli.bench.machine import machine


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` compares with the floor the benchmark names in its details; None where there is none."""

    bench: str
    value: float
    unit: str
    ratio: float | None
    details: dict[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Wire shape of the contract; the details begin with the machine."""
        return {
            "bench": self.bench,
            "value": round(self.value, 2),
            "unit": self.unit,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "details": {**machine(), **self.details},
        }
