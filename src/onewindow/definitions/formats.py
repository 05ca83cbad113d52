"""Formats as the trade writes them (`a2`, `an..35`, `n..16,3`) and a few named ones, as patterns.

Grammar: WCO Data Model representation classes; ISO 9735 for `a`, `an`, `n`. Printable means no control character and no
bidirectional control (Unicode UTS 55), so that what is read is what was sent.
"""

from __future__ import annotations

import re

from onewindow.definitions.model import Format

PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
FREE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]"
_DATE = r"(?:19|20|21)[0-9][0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6}|)|)"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_WRITTEN = re.compile(r"(a|an|n)(\.\.)?(\d+)(?:,(\d+))?")
_NAMED = {
    "date": Format("date", "date", _DATE, 10, 10),
    "datetime": Format("datetime", "datetime", f"{_DATE}T{_TIME}{_ZONE}", 17, 32),
    "flag": Format("flag", "flag"),
    "attachment": Format("attachment", "attachment", r"[0-9a-f-]{36}", 36, 36),
    "money": Format("decimal", "money", r"[0-9]{1,14}(?:\.[0-9]{1,2}|)", 1, 17, 16, 2),
}


def parse_format(written: str) -> Format | None:
    """The format written so, or None when it is none. `n` without decimals up to 15 digits is an integer."""
    if written in _NAMED:
        return _NAMED[written]
    if free := re.fullmatch(r"text\.\.(\d+)", written):
        return Format("text", written, FREE + f"{{0,{free.group(1)}}}", 0, int(free.group(1)), multiline=True)
    if not (found := _WRITTEN.fullmatch(written)):
        return None
    letters, up_to, size, decimals = found.group(1), bool(found.group(2)), int(found.group(3)), found.group(4)
    if letters == "n":
        return _number(written, size, int(decimals or 0), exactly=not up_to)
    character = "[A-Za-z]" if letters == "a" else PRINTABLE
    least = 1 if up_to else size
    return Format("text", written, f"{character}{{{least},{size}}}", least, size)


def _number(written: str, digits: int, decimals: int, *, exactly: bool) -> Format:
    if decimals:
        whole = f"[0-9]{{1,{digits - decimals}}}" if digits > decimals else "0"
        return Format("decimal", written, rf"{whole}(?:\.[0-9]{{1,{decimals}}}|)", 1, digits + 1, digits, decimals)
    if exactly and digits > 1:
        return Format("text", written, f"[0-9]{{{digits}}}", digits, digits, digits)
    if digits > 15:
        return Format("decimal", written, f"[0-9]{{1,{digits}}}", 1, digits, digits)
    return Format("integer", written, "[0-9]+", 1, digits, digits)
