"""The papers keep up with the code."""

import re
import unicodedata
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest

from house.tracked import ROOT, shown, tracked_files
from onewindow.settings import VARIABLES, Settings

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def settings_table() -> dict[str, str]:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    return {variable: default for variable, default, _ in ROW.findall(text)}


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(settings_table()) == set(VARIABLES)


def test_documented_defaults_are_the_real_ones() -> None:
    defaults = {field.name: field.default for field in fields(Settings)}
    for variable, shown_default in settings_table().items():
        default = defaults[VARIABLES[variable][0]]
        if default is not None:
            assert shown_default.strip("`") == {True: "yes", False: "no"}.get(default, str(default)), variable


def glossary_rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]


def test_the_glossary_is_sorted_and_names_each_thing_once() -> None:
    terms = [row[0] for row in glossary_rows()]
    assert terms == sorted(set(terms), key=str.casefold)


def test_every_term_of_the_glossary_has_chinese_words_and_a_meaning() -> None:
    for term, traditional, simplified, meaning in glossary_rows():
        assert is_chinese(traditional), term
        assert is_chinese(simplified), term
        assert meaning, term


def is_chinese(text: str) -> bool:
    return bool(text) and all(unicodedata.name(character, "").startswith("CJK") for character in text)


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"


@pytest.mark.parametrize("paper", [path for path in tracked_files() if path.suffix == ".md"], ids=shown)
def test_links_between_papers_lead_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    local = [unquote(target) for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (paper.parent / target).exists()] == []
