"""Check digit schemes that documents use. Each takes the text as given and says whether it can be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from stdnum import ean, imo, luhn


@lru_cache(maxsize=50_000)
def valid(text: str, scheme: str) -> bool:
    """True when `text` satisfies `scheme`. Unknown schemes are refused when a definition is compiled."""
    return SCHEMES[scheme](text)


def _letter_values() -> dict[str, int]:
    """ISO 6346: A is 10, and every multiple of 11 is passed over."""
    values = {digit: int(digit) for digit in "0123456789"}
    value = 10
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        values[letter] = value
        value += 2 if (value + 1) % 11 == 0 else 1
    return values


_WEIGHTED = tuple({one: value << place for one, value in _letter_values().items()} for place in range(10))
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}").fullmatch


def _iso6346(text: str) -> bool:
    """Container number: owner, category, serial number and check digit (ISO 6346). Ten a declaration: kept fast."""
    if _CONTAINER(text) is None:
        return False
    a, b, c, d, e, f, g, h, i, j = _WEIGHTED
    total = a[text[0]] + b[text[1]] + c[text[2]] + d[text[3]] + e[text[4]] + f[text[5]]
    total += g[text[6]] + h[text[7]] + i[text[8]] + j[text[9]]
    return total % 11 % 10 == int(text[10])


def _hkid(text: str) -> bool:
    """Hong Kong identity card number: letters, six digits, a check digit 0–9 or A (weights 9 to 1, mod 11)."""
    found = re.fullmatch(r"([A-Z]{1,2})(\d{6})\(?([0-9A])\)?", text.upper().replace(" ", ""))
    if not found:
        return False
    letters, digits, check = found.groups()
    values = [36 if letter == " " else ord(letter) - 55 for letter in letters.rjust(2)] + [int(one) for one in digits]
    values.append(10 if check == "A" else int(check))
    return sum(value * weight for value, weight in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def _hk_business_registration(text: str) -> bool:
    """Business registration number: eight digits, optionally a three-digit branch. Its check digit is not public."""
    return re.fullmatch(r"\d{8}(-?\d{3})?", text) is not None


def _gs1(text: str) -> bool:
    return bool(ean.is_valid(text)) if len(text) in (8, 12, 13, 14) else False


SCHEMES: Mapping[str, Callable[[str], bool]] = {
    "iso6346": _iso6346,
    "imo": lambda text: bool(imo.is_valid(text)),
    "luhn": lambda text: bool(luhn.is_valid(text)),
    "gs1": _gs1,
    "hkid": _hkid,
    "hk-br": _hk_business_registration,
}
