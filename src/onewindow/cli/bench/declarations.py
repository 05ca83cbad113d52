"""Distinct import declarations of about 4 kB with five goods items, as bytes made ready before anything is measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from functools import partial
from itertools import count
from typing import Any

from onewindow.engine.registry import Registry

SERVICE = "import-declaration"
GOODS = 5
VARIANTS = 64
_PLACE = "BENCHREFERENCE00"


class Unfit(Exception):
    """The service's example cannot be made into what this benchmark measures."""


def variants(registry: Registry, as_of: date, *, many: int = VARIANTS) -> list[bytes]:
    """`many` accepted declarations that differ in their figures, each with a placeholder for its reference."""
    checker = registry.in_force(SERVICE, as_of)
    if checker is None:
        raise Unfit(f"there is no service {SERVICE}")
    example: dict[str, Any] = json.loads(registry.example(checker.definition, as_of, reference=_PLACE))
    made = [_packed(_varied(example, number)) for number in range(many)]
    for body in made:
        outcome = checker.judge(body, as_of)
        if not outcome.accepted:
            raise Unfit(f"a variant of {SERVICE} is refused: {outcome}")
    return made


def numbered(templates: list[bytes], prefix: str) -> Callable[[], bytes]:
    """A function that gives one distinct declaration after the other; `prefix` has four characters."""
    halves = [tuple(body.split(_PLACE.encode())) for body in templates]
    if any(len(parts) != 2 for parts in halves):
        raise Unfit("the reference stands more than once in the example")
    return partial(next, _endless(halves, prefix))


def _endless(halves: list[tuple[bytes, ...]], prefix: str) -> Iterator[bytes]:
    many = len(halves)
    for number in count():
        before, after = halves[number % many]
        yield b"%b%b%012d%b" % (before, prefix.encode(), number, after)


def _varied(example: dict[str, Any], number: int) -> dict[str, Any]:
    """The example with five goods items, whose words and figures differ from variant to variant."""
    document = deepcopy(example)
    goods: list[dict[str, Any]] = document["goods"]
    if len(goods) != GOODS:
        raise Unfit(f"the example of {SERVICE} has {len(goods)} goods items, not {GOODS}")
    for place, item in enumerate(goods):
        item["description"] += f", lot {number * 97 + place * 13}"
        item["quantity"] = str(100 + number * 31 + place * 7)
        item["model"] = f"M{number * 7919 % 100_000:05d}-{place}"
    goods.append(goods.pop(0)) if number % 2 else goods.reverse()
    for place, item in enumerate(goods):
        item["number"] = place + 1
    return document


def _packed(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
