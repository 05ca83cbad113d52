"""What the command line prints for programs: ASCII-escaped JSON, one object a line, nothing else on standard output."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal


def print_json(value: object) -> None:
    """Write `value` as one line of ASCII JSON to standard output."""
    sys.stdout.write(json.dumps(value, default=_plain, separators=(",", ":")) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
