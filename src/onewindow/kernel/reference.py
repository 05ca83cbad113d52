"""References people read aloud: 12 characters in three groups, one of them a check character.

Crockford's base 32 (no I, L, O, U). 49 random bits, 6 bits that hold the lane masked by a keyed hash of the random
part, so that only the installation can tell the lane, and a check character (Luhn mod 32) that catches every single
wrong character and nearly every swap of neighbours.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from onewindow.kernel.lane import LANES

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_RANDOM_BITS = 49


def issue(lane_index: int, secret: bytes) -> str:
    """A fresh reference such as `7Q2K-M4XD-91TB` that hides `lane_index` (0–63)."""
    random_part = secrets.randbits(_RANDOM_BITS)
    number = (random_part << 6) | (lane_index ^ _mask(random_part, secret))
    text = "".join(ALPHABET[(number >> shift) & 31] for shift in range(50, -5, -5))
    text += ALPHABET[_check_value(text)]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def normalise(text: str) -> str | None:
    """The reference as we write it, or None when it cannot be one (wrong length, character or check character)."""
    plain = text.upper().replace("-", "").replace(" ", "")
    if len(plain) != 12 or any(character not in _VALUE for character in plain):
        return None
    plain = "".join(ALPHABET[_VALUE[character]] for character in plain)
    if ALPHABET[_check_value(plain[:11])] != plain[11]:
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def lane_of_reference(reference: str, secret: bytes) -> int | None:
    """The lane hidden in a reference; None when it is not a reference."""
    written = normalise(reference)
    if written is None:
        return None
    number = 0
    for character in written.replace("-", "")[:11]:
        number = number << 5 | _VALUE[character]
    random_part = number >> 6
    return LANES[(number & 63) ^ _mask(random_part, secret)]


def _mask(random_part: int, secret: bytes) -> int:
    return hmac.digest(secret, b"reference:" + random_part.to_bytes(7, "big"), sha256)[0] & 63


def _check_value(text: str) -> int:
    total = 0
    for place, character in enumerate(reversed(text)):
        value = _VALUE[character] * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return -total % 32
