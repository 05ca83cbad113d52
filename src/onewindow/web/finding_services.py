"""Finding a service by words, in any of the three languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from onewindow.definitions.catalogue import Catalogue
from onewindow.definitions.model import Definition
from onewindow.kernel.words import Words

_LATIN = re.compile(r"[a-z0-9]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
TOKENS_MOST = 40


def find_services(catalogue: Catalogue, words: str, day: date) -> list[Definition]:
    """Services in force that share a word with `words`, best first; all of them when there are no words."""
    services = catalogue.services_on(day)
    tokens = _tokens(words.casefold())
    if not tokens:
        return services
    scored = [(_score(one, catalogue, tokens), place, one) for place, one in enumerate(services)]
    return [one for score, _, one in sorted(scored, key=lambda row: (-row[0], row[1])) if score]


def agency_name(catalogue: Catalogue, agency: str) -> Words:
    """The agency's name; its code when the list does not have it."""
    codes = catalogue.vocabulary.lists.get("agency")
    return (codes.words(agency) if codes else None) or Words(agency, agency, agency)


def _tokens(words: str) -> tuple[str, ...]:
    latin = [token.rstrip("s") for token in _LATIN.findall(words)]
    han = [run[at : at + 2] for run in _HAN.findall(words) for at in range(max(1, len(run) - 1))]
    return tuple(dict.fromkeys([*latin, *han]))[:TOKENS_MOST]


def _score(one: Definition, catalogue: Catalogue, tokens: Iterable[str]) -> int:
    title = _text(one.title) + one.id
    rest = _text(one.purpose) + _text(agency_name(catalogue, one.agency)) + one.law.casefold() + one.family
    return sum(3 if token in title else 1 if token in rest else 0 for token in tokens)


def _text(words: Words) -> str:
    return f" {words.en.casefold()} {words.zh_hant} {words.zh_hans} "
