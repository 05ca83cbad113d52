"""References people read aloud: 12 characters in three groups, one of them a check character.

Crockford's base 32 (no I, L, O, U). 49 random bits, 6 bits that hold the lane masked by a keyed hash of the random
part, so that only the installation can tell the lane, and a check character (Luhn mod 32) that catches every single
wrong character and nearly every swap of neighbours.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from onewindow.kernel.lane import LANES

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_RANDOM_BITS = 49


def issue(lane_index: int, secret: bytes, random_part: int | None = None) -> str:
    """A fresh reference such as `7Q2K-M4XD-91TB` that hides `lane_index` (0–63).

    `random_part` is 49 random bits, for a caller that draws them for many at once. `secret` is at most 64 bytes.
    """
    if random_part is None:
        random_part = secrets.randbits(_RANDOM_BITS)
    number = (random_part << 6) | (lane_index ^ _mask(random_part, secret))
    a, in_a = _PAIRS[number >> 45]
    b, in_b = _PAIRS[number >> 35 & 1023]
    c, in_c = _PAIRS[number >> 25 & 1023]
    d, in_d = _PAIRS[number >> 15 & 1023]
    e, in_e = _PAIRS[number >> 5 & 1023]
    last, in_last = _PAIRS[(number & 31) << 5]
    return f"{a}{b}-{c}{d}-{e}{last[0]}{ALPHABET[-(in_a + in_b + in_c + in_d + in_e + in_last) % 32]}"


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
    return blake2b(random_part.to_bytes(7, "big"), key=secret, digest_size=1, person=b"reference").digest()[0] & 63


def _check_value(text: str) -> int:
    total = 0
    for place, character in enumerate(reversed(text)):
        value = _VALUE[character] * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return -total % 32


def _doubled(value: int) -> int:
    return 2 * value // 32 + 2 * value % 32


_PAIRS = tuple(
    (ALPHABET[first] + ALPHABET[second], _doubled(first) + second) for first in range(32) for second in range(32)
)
"""Two characters and what they add to the check sum: writing a reference is on the way of every document."""
