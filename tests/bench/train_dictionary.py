"""Trains a dictionary for kept documents: `python tests/bench/train_dictionary.py NUMBER`.

A dictionary that was ever used is kept for ever: a new one gets the next number, and `compression.NEWEST` names it. It
learns names of items and codes, which all documents share; every word and figure is drawn at random, so that nobody's
document is in it.
"""

from __future__ import annotations

import json
import random
import re
import string
import sys
from datetime import date
from pathlib import Path

import zstandard

from onewindow.engine.registry import Registry
from onewindow.storage.compression import LEVEL

BYTES = 16 * 1024
VARIATIONS = 250
INTO = Path(__file__).parents[2] / "src" / "onewindow" / "storage" / "dictionaries"


def varied(value: object, chance: random.Random) -> object:
    """The same document with other words and figures; codes and names of items stay."""
    if isinstance(value, dict):
        return {name: varied(one, chance) for name, one in value.items()}
    if isinstance(value, list):
        return [varied(one, chance) for one in value]
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"20{chance.randint(24, 39)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    if " " in value or not value.isascii() or re.search(r"\d", value):
        return "".join(_other(character, chance) for character in value)
    return value


def _other(character: str, chance: random.Random) -> str:
    for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if character in alphabet:
            return chance.choice(alphabet)
    return character


def samples(registry: Registry, chance: random.Random) -> list[bytes]:
    """Documents of every service as programs write them, and as people indent them."""
    found = []
    for checker in registry:
        try:
            document = json.loads(registry.example(checker.definition, date(2026, 1, 1)))
        except LookupError:
            continue
        for number in range(VARIATIONS):
            separators = (", ", ": ") if number % 3 == 0 else (",", ":")
            text = json.dumps(varied(document, chance), ensure_ascii=False, separators=separators)
            found.append(text.encode()[: 8 * 1024])
    return found


def main() -> None:
    number = int(sys.argv[1])
    file = INTO / f"{number}.zdict"
    if file.exists():
        sys.exit(f"{file} is kept for ever; train the next number")
    chance = random.Random(number)
    learnt = samples(Registry.load(), chance)
    chance.shuffle(learnt)
    dictionary = zstandard.train_dictionary(BYTES, learnt, level=LEVEL, dict_id=number)
    file.write_bytes(dictionary.as_bytes())
    plain, better = zstandard.ZstdCompressor(level=LEVEL), zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
    tried = samples(Registry.load(), random.Random(number + 1))
    sizes = [sum(len(way.compress(one)) for one in tried) // len(tried) for way in (plain, better)]
    sys.stdout.write(f"{file}: {len(tried)} documents, {sizes[0]} bytes each without it, {sizes[1]} with it\n")


if __name__ == "__main__":
    main()
