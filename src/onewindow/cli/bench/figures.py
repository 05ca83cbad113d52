"""Figures out of samples."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` (0–1) of all samples do not exceed; 0 for no samples."""
    if not samples:
        return 0.0
    ordered = sorted(samples)
    place = max(0, min(len(ordered) - 1, -(-int(share * 1_000_000) * len(ordered) // 1_000_000) - 1))
    return ordered[place]
