"""The words of the pages: TOML files in `words/`, one a page family, each key in three languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from onewindow.kernel.words import LANGUAGES, Words

FOLDER = Path(__file__).parent / "words"


class UnknownWords(KeyError):
    """A page asks for words that no file in `words/` has."""


@cache
def catalogue() -> dict[str, Words]:
    """Every key as `family.name`. Raises ValueError naming the key that lacks a language."""
    return {
        f"{path.stem}.{name}": _words(f"{path.stem}.{name}", entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


def words_of(key: str) -> Words:
    """The words of a key. Raises UnknownWords."""
    try:
        return catalogue()[key]
    except KeyError:
        raise UnknownWords(f"no words for {key!r}: add them to words/{key.partition('.')[0]}.toml") from None


def role_words(role: str) -> Words:
    """The name of a role; one without words of ours is shown with its dashes as spaces."""
    plain = role.replace("-", " ").capitalize()
    return catalogue().get(f"role.{role}", Words(plain, plain, plain))


def _words(key: str, entry: dict[str, str]) -> Words:
    missing = [language for language in LANGUAGES if not entry.get(language)]
    if missing:
        raise ValueError(f"words/{key.partition('.')[0]}.toml: {key} lacks {', '.join(missing)}")
    return Words(entry["en"], entry["zh-Hant"], entry["zh-Hans"])
