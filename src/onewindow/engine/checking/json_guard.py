"""Strict JSON before anything believes it: what lenient parsers let through is refused here.

RFC 8259 leaves duplicate names, lone surrogates and the size of numbers to the receiver; two programs that settle them
differently read two documents in the same bytes. We refuse instead: text that is not UTF-8, a byte order mark, NUL,
lone surrogates, duplicate names, NaN and infinities, numbers no register can hold, nesting over 64, anything after the
end. `guard` decides exactly; `plainly_sound` recognises nearly every sound document at a sixth of the cost.
"""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

DEPTH_MOST: Final = 64
NUMBER_LENGTH_MOST: Final = 40
EXPONENT_MOST: Final = 40

_LEAST_INTEGER: Final = -(2**63)
_MOST_INTEGER: Final = 2**64 - 1
# An unfinished string reaches to the end, so that no text makes the search start over and over.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<nul>\\u0000)|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class MalformedDocument(Exception):
    """The bytes are not one strict JSON document. `reason` says what to mend; `offset` is the byte, from 0, or -1."""

    def __init__(self, reason: str, offset: int = -1) -> None:
        super().__init__(reason if offset < 0 else f"{reason} (byte {offset})")
        self.reason = reason
        self.offset = offset


def guard(body: bytes) -> None:
    """Return when `body` is one strict JSON document. Raises MalformedDocument with the first fault."""
    text = _text(body)
    _refuse_depth(body)
    if _SUSPECT.search(body):
        _refuse_escapes(body)
    try:
        _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedDocument(f"not JSON: {error.msg}", len(text[: error.pos].encode())) from None
    except RecursionError:
        raise MalformedDocument(f"nested deeper than {DEPTH_MOST}") from None


def plainly_sound(body: bytes, again: bytes | bytearray) -> bool:
    """True only if `guard` would pass `body`; False says nothing, ask `guard`.

    `again` must be msgspec's encoding of what msgspec decoded from `body` into structs that forbid unknown fields, omit
    defaults and do not nest in themselves, with no type that turns a number into a string (so no `Decimal` fields).
    msgspec itself then vouches for UTF-8, control characters, NaN, trailing bytes and depth, its encoder for 64-bit
    integers. Without a backslash every quote delimits a string, and a name given twice is missing from `again`.
    """
    if b"\\" in body:
        return False
    if len(body) == len(again):
        return True
    return body.count(b'"') == again.count(b'"')


def depth_of(body: bytes) -> int:
    """Nesting of the brackets outside strings, counted up to one over the most allowed."""
    skeleton = _STRING.sub(b"", body).translate(_BRACKETS, _NOT_BRACKETS)
    for depth in range(DEPTH_MOST + 1):
        if not skeleton:
            return depth
        inner = skeleton.replace(b"[]", b"")
        if len(inner) == len(skeleton):
            return _unbalanced_depth(skeleton)
        skeleton = inner
    return DEPTH_MOST + 1


def _unbalanced_depth(skeleton: bytes) -> int:
    """What cannot be paired is `]]…[[…`: as deep as it has opening brackets."""
    return min(skeleton.count(b"["), DEPTH_MOST + 1)


def _text(body: bytes) -> str:
    if not body or body.isspace():
        raise MalformedDocument("the body is empty: send one JSON document", 0)
    if body.startswith(b"\xef\xbb\xbf"):
        raise MalformedDocument("begins with a byte order mark: send plain UTF-8", 0)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocument("not UTF-8: save the document as UTF-8", error.start) from None
    if "\0" in text:
        raise MalformedDocument("holds a NUL character: take it out, or save as UTF-8", body.index(b"\0"))
    return text


def _refuse_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") > DEPTH_MOST and depth_of(body) > DEPTH_MOST:
        raise MalformedDocument(f"nested deeper than {DEPTH_MOST}")


def _refuse_escapes(body: bytes) -> None:
    for found in _ESCAPE.finditer(body):
        if found.lastgroup == "nul":
            raise MalformedDocument("holds \\u0000: take the NUL character out", found.start())
        if found.lastgroup == "lone":
            raise MalformedDocument("holds half of a surrogate pair: write the character itself", found.start())


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise MalformedDocument(f"the name {json.dumps(twice)} is given twice in one object: keep one")
    return members


def _integer(written: str) -> int:
    if len(written) > NUMBER_LENGTH_MOST or not _LEAST_INTEGER <= int(written) <= _MOST_INTEGER:
        raise MalformedDocument("a number has too many digits: at most 64 bits; write longer ones as text")
    return int(written)


def _fraction(written: str) -> float:
    exponent = written.lower().partition("e")[2]
    if len(written) > NUMBER_LENGTH_MOST or abs(int(exponent or "0")) > EXPONENT_MOST:
        raise MalformedDocument("a number is too long or too large: write decimals as text")
    return float(written)


def _no_constant(name: str) -> NoReturn:
    raise MalformedDocument(f"{name} is not a JSON value")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_integer, parse_float=_fraction, parse_constant=_no_constant
)
