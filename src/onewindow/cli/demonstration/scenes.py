"""What happens in the demonstration, as data: how many documents, which acts, which words."""

from __future__ import annotations

import csv
import tomllib
from functools import lru_cache
from random import Random
from typing import Any

from onewindow.cli.demonstration.people import FOLDER


@lru_cache(maxsize=1)
def volumes() -> dict[str, tuple[int, int]]:
    """By family: how many documents are lodged, and how many more are refused."""
    with (FOLDER / "volumes.csv").open(encoding="utf-8", newline="") as file:
        return {row["family"]: (int(row["documents"]), int(row["refused"])) for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def acts() -> dict[str, Any]:
    """The whole of acts.toml."""
    return tomllib.loads((FOLDER / "acts.toml").read_text(encoding="utf-8"))


def choose(names: list[str], random: Random, *, idle: int = 0) -> str:
    """One of the actions, by weight; empty for doing nothing, which weighs `idle`."""
    weights = [acts()["action"].get(name, {}).get("weight", 0) for name in names]
    return random.choices([*names, ""], [*weights, idle])[0] if any(weights) else ""


def words_for(action: str, random: Random) -> str:
    """Words that go with an action; empty when there are none."""
    return str(random.choice(acts()["action"].get(action, {}).get("words") or [""]))
