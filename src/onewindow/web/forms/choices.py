"""Code lists as choices: what to offer, how to search, and which code was meant by what was typed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from onewindow.definitions.codes import Code, CodeList

RADIOS_MOST = 5
SELECT_MOST = 60
DATALIST_MOST = 320
FOUND_MOST = 30
DASH = " – "


@lru_cache(maxsize=256)
def in_force(codes: CodeList, day: date) -> tuple[Code, ...]:
    """The entries in force on a day, in the order of the list."""
    return tuple(entry for entry in codes.entries if entry.valid.covers(day))


def shown(codes: CodeList | None, code: str, language: str) -> str:
    """`CN – China`; the bare code when the list does not have it."""
    words = codes.words(code) if codes else None
    return labelled(code, words.of(language)) if words else code


def labelled(code: str, words: str) -> str:
    """Code and words; the words alone where the code is a name of our own (in small letters) that tells nobody more."""
    return words if code != code.upper() or words == code else f"{code}{DASH}{words}"


def meant(codes: CodeList, typed: str, day: date) -> str:
    """The code a person meant: the code itself, `code – words`, or words that only one entry has; else as typed."""
    valid = codes.on(day)
    for candidate in (typed, typed.upper(), typed.split(DASH)[0].strip()):
        if candidate in valid:
            return candidate
    wanted = typed.casefold()
    found = {entry.code for entry in in_force(codes, day) if wanted in _names(entry)}
    return found.pop() if len(found) == 1 else typed


def search(codes: CodeList, words: str, day: date) -> list[Code]:
    """Up to `FOUND_MOST` entries: those whose code or words begin so, then those that contain it."""
    wanted = words.casefold().strip()
    first: list[Code] = []
    then: list[Code] = []
    for entry in in_force(codes, day):
        names = (entry.code.casefold(), *_names(entry))
        if any(name.startswith(wanted) for name in names):
            first.append(entry)
        elif len(then) < FOUND_MOST and any(wanted in name for name in names):
            then.append(entry)
        if len(first) >= FOUND_MOST:
            break
    return (first + then)[:FOUND_MOST]


def _names(entry: Code) -> tuple[str, str, str]:
    return entry.words.en.casefold(), entry.words.zh_hant, entry.words.zh_hans
