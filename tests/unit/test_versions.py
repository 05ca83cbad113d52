"""Versions of a service: which is in force on a day, which a submission keeps, and what is refused at start."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.unit.tiny_service import ITEMS, RULES, SERVICE, WORDS, write_services

from onewindow.cli.catalogue_pages import catalogue_pages
from onewindow.definitions.catalogue import Catalogue, load_catalogue
from onewindow.definitions.errors import BrokenDefinitions
from onewindow.engine.checking.checker import Judgement
from onewindow.engine.registry import Registry

EARLIER, LATER = "2023-05-15/2026-12-31", "2027-01-01/.."
OLD_DAY, NEW_DAY = date(2026, 12, 31), date(2027, 1, 1)
COLOUR = f'colour = {{ is = "an..9!", own = "test", {WORDS[2:-2]} }}\n[goods]'


def service(version: str, valid: str, more: str = "") -> str:
    return more + SERVICE.replace('valid = "2023-05-15/.."', f'version = "{version}"\nvalid = "{valid}"')


def add_version(root: Path, folder: str, text: str, items: str = ITEMS) -> Path:
    place = root / "trade" / "tiny" / "versions" / folder
    place.mkdir(parents=True)
    for name, content in (("service.toml", text), ("items.toml", items), ("rules.toml", RULES)):
        (place / name).write_text(content, encoding="utf-8")
    return place


def two_versions(tmp_path: Path, *, own: str, beside: str) -> Catalogue:
    """Versions 1 and 2, of which `own` is in the service's own folder."""
    texts = {"1": service("1", EARLIER), "2": service("2", LATER)}
    root = write_services(tmp_path, service=texts[own])
    add_version(root, beside, texts[beside])
    return load_catalogue(root)


@pytest.mark.parametrize(("own", "beside"), [("2", "1"), ("1", "2")])
def test_the_day_picks_the_version_wherever_it_stands(tmp_path: Path, own: str, beside: str) -> None:
    catalogue = two_versions(tmp_path, own=own, beside=beside)
    found = [catalogue.in_force("tiny", day) for day in (date(2023, 5, 14), OLD_DAY, NEW_DAY)]
    assert [one.version if one else None for one in found] == [None, "1", "2"]
    assert [one.version for one in catalogue.versions("tiny")] == ["1", "2"]


def test_a_version_is_found_on_any_day_and_an_unknown_one_is_none(tmp_path: Path) -> None:
    catalogue = two_versions(tmp_path, own="2", beside="1")
    earlier, later = catalogue.version("tiny", "1"), catalogue.version("tiny", "2")
    assert earlier is not None
    assert later is catalogue.newest["tiny"]
    assert (earlier.version, earlier.folder) == ("1", "trade/tiny/versions/1")
    assert catalogue.version("tiny", "3") is None


def test_a_service_of_several_versions_is_listed_once(tmp_path: Path) -> None:
    catalogue = two_versions(tmp_path, own="2", beside="1")
    assert [one.version for one in catalogue.services()] == ["2"]
    assert [one.version for one in catalogue.services_on(OLD_DAY)] == ["1"]


def test_each_version_is_judged_by_its_own_items(tmp_path: Path) -> None:
    root = write_services(tmp_path, service=service("2", LATER), items=ITEMS.replace("[goods]", COLOUR), rules="")
    add_version(root, "1", service("1", EARLIER))
    registry = Registry.load(root)
    document = {"reference": "A1", "arrival": "2027-01-01", "colour": "red"}
    body = json.dumps(document | {"goods": [{"description": "Tea", "origin": "CN", "value": "1"}]}).encode()
    old, new = registry.in_force("tiny", OLD_DAY), registry.in_force("tiny", NEW_DAY)
    assert old is not None
    assert new is not None
    assert isinstance(new.judge(body, NEW_DAY), Judgement)
    refused = old.judge(body, OLD_DAY)
    assert not isinstance(refused, Judgement)
    assert [f"{one.code} {one.pointer}" for one in refused.findings] == ["UNKNOWN /colour"]


def test_further_transactions_belong_to_their_version(tmp_path: Path) -> None:
    root = write_services(tmp_path, service=service("2", LATER))
    below = add_version(root, "1", service("1", EARLIER)) / "transactions" / "return"
    below.mkdir(parents=True)
    lines = [line for line in SERVICE.splitlines() if not line.startswith(("id", "valid"))]
    (below / "service.toml").write_text("\n".join(lines), encoding="utf-8")
    (below / "items.toml").write_text(ITEMS, encoding="utf-8")
    catalogue = load_catalogue(root)
    assert catalogue.in_force("tiny.return", OLD_DAY) is catalogue.version("tiny.return", "1")
    assert catalogue.in_force("tiny.return", NEW_DAY) is None
    versions = [catalogue.transactions(one) for one in catalogue.versions("tiny")]
    assert [[one.id for one in found] for found in versions] == [["tiny", "tiny.return"], ["tiny"]]


def test_the_catalogues_page_is_the_newest_version_and_names_them_all(tmp_path: Path) -> None:
    page = catalogue_pages(two_versions(tmp_path, own="1", beside="2"))["tiny.md"]
    assert "| id | `tiny`, version 2, in force 2027-01-01/.. |" in page
    assert "| versions | 1: 2023-05-15/2026-12-31, 2: 2027-01-01/.. |" in page


def test_a_service_may_be_closed_for_a_time_if_it_says_so(tmp_path: Path) -> None:
    root = write_services(tmp_path, service=service("2", "2027-03-01/..", "reopens = true\n"))
    add_version(root, "1", service("1", EARLIER))
    assert load_catalogue(root).in_force("tiny", date(2027, 2, 1)) is None


BROKEN = [
    ("overlap", "1", service("1", "2023-05-15/2027-01-01"), "trade/tiny/service.toml:6", '"2023-05-15/2026-12-31"'),
    ("two without an end", "1", service("1", "2023-05-15/.."), "trade/tiny/service.toml:6", "/2026-12-31"),
    ("gap", "1", service("1", "2023-05-15/2026-11-30"), "trade/tiny/service.toml:6", "begin on 2026-12-01"),
    ("wrong name", "0", service("1", EARLIER), "trade/tiny/versions/0/service.toml:5", 'version = "0"'),
    ("taken name", "2", service("2", EARLIER), "trade/tiny/versions/2/service.toml:5", "another name"),
    (
        "other id",
        "1",
        service("1", EARLIER).replace('"tiny"', '"teeny"'),
        "trade/tiny/versions/1/service.toml:2",
        'id = "tiny"',
    ),
    ("no service", "1", "", "trade/tiny/versions/1/service.toml:1", 'id = "tiny"'),
]


@pytest.mark.parametrize(
    ("folder", "text", "place", "cure"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_versions_that_do_not_fit_are_refused_with_file_line_and_cure(
    tmp_path: Path, folder: str, text: str, place: str, cure: str
) -> None:
    root = write_services(tmp_path, service=service("2", LATER))
    add_version(root, folder, text)
    with pytest.raises(BrokenDefinitions) as refused:
        load_catalogue(root)
    assert str(refused.value).startswith(place)
    assert cure in str(refused.value)


def test_every_broken_version_is_told_at_once(tmp_path: Path) -> None:
    root = write_services(tmp_path, service=service("2", LATER) + "\ncolour = 1")
    add_version(root, "1", service("1", EARLIER), items=ITEMS.replace('"137!"', '"999!"'))
    with pytest.raises(BrokenDefinitions) as refused:
        load_catalogue(root)
    assert len(refused.value.errors) == 2


def test_a_version_that_documents_need_is_asked_for_by_its_place(tmp_path: Path) -> None:
    error = two_versions(tmp_path, own="2", beside="1").without(("tiny", "0"))
    assert str(error).startswith("trade/tiny/versions/0/service.toml:1: version '0' of tiny is gone")
