"""The day it is in Hong Kong: the day a document is judged by when it is lodged now."""

from __future__ import annotations

from datetime import date, datetime

from onewindow.kernel.hong_kong import HONG_KONG


def hong_kong_today() -> date:
    """Today's date in Hong Kong."""
    return datetime.now(HONG_KONG).date()
