"""Runs `onewindow` as a person at a terminal does: another process, its output and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said, and how it ended."""

    status: int
    out: bytes
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON, an object a line; ASCII and nothing else."""
        assert self.out.isascii(), self.out
        return [json.loads(line) for line in self.out.splitlines()]

    def array(self) -> list[dict[str, Any]]:
        """Standard output as one JSON array on one line."""
        assert self.out.isascii(), self.out
        assert self.out.count(b"\n") == 1
        rows: list[dict[str, Any]] = json.loads(self.out)
        return rows


def onewindow(*arguments: object, data_dir: Path, stdin: bytes = b"", **environment: str) -> Ran:
    """Run a command of `onewindow` on `data_dir`."""
    ran = subprocess.run(
        [sys.executable, "-m", "onewindow.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
        env=environment_of(data_dir, **environment),
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr.decode())


def environment_of(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a command: this one's, with a data folder of its own and no settings from outside."""
    ours = {"DATABASE_URL", "DATA_DIR", "HOST", "PORT", "WORKERS", "ONEWINDOW_DEMO", "ONEWINDOW_KEY", "LOG_LEVEL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "DATA_DIR": str(data_dir), **more}
