"""The name of a task: its submission's reference and its leg, so that an address survives every rebuild."""

from __future__ import annotations

from onewindow.kernel.reference import normalise


def task_id(reference: str, leg: str) -> str:
    """`7Q2K-M4XD-91TB-1.2` for leg `1.2`."""
    return f"{reference}-{leg}"


def parse_task_id(text: str) -> tuple[str, str] | None:
    """Reference and leg, or None when it is no task's name."""
    reference, dash, leg = text.rpartition("-")
    written = normalise(reference)
    if not dash or written is None or not leg.replace(".", "").isdigit():
        return None
    return written, leg
