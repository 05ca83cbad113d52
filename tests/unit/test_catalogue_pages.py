"""The catalogue's pages say all of every definition, and nothing written in one can break a table."""

from __future__ import annotations

import re
from functools import cache

import pytest

from onewindow.cli.catalogue_pages import catalogue_pages, differences
from onewindow.definitions.catalogue import Catalogue, load_catalogue

SERVICES = [service.id for service in load_catalogue().services()]


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("service", SERVICES)
def test_a_page_names_every_item_rule_state_and_stage_of_its_service_and_its_transactions(service: str) -> None:
    page = catalogue_pages(catalogue())[f"{service}.md"]
    for one in catalogue().transactions(catalogue().newest[service]):
        named = [f"`{item.path}`" for item in one.leaves()]
        named += [f"| {rule.code} |" for rule in one.rules]
        named += [f"`{part.name}`" for part in (*one.states, *one.stages, *one.fees)]
        assert [name for name in named if name not in page] == [], one.id


@pytest.mark.parametrize("service", SERVICES)
def test_every_row_of_a_table_has_as_many_cells_as_its_head(service: str) -> None:
    cells = 0
    for line in catalogue_pages(catalogue())[f"{service}.md"].splitlines():
        found = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert found in (0, cells) or cells == 0, line
        cells = found


def test_pages_are_the_same_whenever_they_are_written() -> None:
    assert catalogue_pages(catalogue()) == catalogue_pages(load_catalogue())


def test_missing_changed_and_left_over_pages_are_told() -> None:
    assert differences({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "changed", "left": ""}) == ["b", "c", "left"]
