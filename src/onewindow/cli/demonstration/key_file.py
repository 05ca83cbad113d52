"""The demonstration's keys on disk: in DATA_DIR, readable by its owner alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict


class Key(TypedDict):
    """One key, as the contract's `keys --json` shows it. `agency` or `company` is empty."""

    role: str
    agency: str
    company: str
    key: str


class KeyFileError(Exception):
    """There are no keys to read; the message says what to do."""


def key_path(data_dir: Path) -> Path:
    """Where the keys lie."""
    return data_dir / "demonstration-keys.json"


def read_keys(data_dir: Path) -> list[Key]:
    """Every key. Raises KeyFileError when there are none, or when others could have read them."""
    path = key_path(data_dir)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KeyFileError(f"{path} does not exist. “onewindow run --demo” makes the demonstration's keys.") from error
    except PermissionError as error:
        raise KeyFileError(f"{path} can be read by its owner alone, and that is another account.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"Others can read {path}. Close it: chmod 600 {path}")
    keys: list[Key] = json.loads(text)
    return keys


def write_keys(data_dir: Path, keys: Sequence[Key]) -> None:
    """Replace the file as a whole."""
    path = key_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(list(keys), file, indent=1)
    unfinished.replace(path)
