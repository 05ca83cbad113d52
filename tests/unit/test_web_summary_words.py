"""What is stored about a submission in codes is read in words."""

from __future__ import annotations

import pytest

from onewindow.engine.registry import Registry
from onewindow.web.laws import law_in_words
from onewindow.web.summary_words import summary_in_words

CATALOGUE = Registry.load().catalogue
LISTS = CATALOGUE.vocabulary.lists


def read(service: str, stored: str, language: str = "en") -> str:
    return summary_in_words(CATALOGUE.newest[service], stored, LISTS, language)


def test_codes_days_and_counts_are_read_in_the_reader_s_language() -> None:
    stored = "1 · Fook Lee Trading · 2026-11-19 · 5"
    assert read("import-declaration", stored) == (
        "Form 1: import declaration · Fook Lee Trading · 19 November 2026 · Goods item × 5"
    )
    assert read("import-declaration", stored, "zh-Hant") == (
        "表格1：進口報關單 · Fook Lee Trading · 2026年11月19日 · 貨項 × 5"
    )


def test_a_company_named_in_english_is_called_by_the_name_that_is_known_for_it() -> None:
    names = {"Fook Lee Trading": "福利貿易有限公司", "1": "never", "5": "never"}
    stored = "1 · Fook Lee Trading · 2026-11-19 · 5"
    said = summary_in_words(CATALOGUE.newest["import-declaration"], stored, LISTS, "zh-Hant", names)
    assert said == "表格1：進口報關單 · 福利貿易有限公司 · 2026年11月19日 · 貨項 × 5"


def test_a_part_that_was_not_filled_in_moves_none_of_the_others() -> None:
    assert read("import-declaration", "1 · 2026-11-19 · 5").endswith("2026-11-19 · Goods item × 5")
    assert read("complaint", "Broken lamp · sham-shui-po") == "Broken lamp · Sham Shui Po"
    assert read("complaint", "Broken lamp") == "Broken lamp"


@pytest.mark.parametrize("stored", ["", "a · b · c · d · e · f · g", "×", "9999 · · ·"])
def test_a_summary_that_cannot_be_told_apart_is_shown_as_it_is(stored: str) -> None:
    assert read("complaint", stored) == stored


def test_a_law_is_quoted_as_each_language_does() -> None:
    assert law_in_words("Cap. 60E; Cap. 318", "en") == "Cap. 60E; Cap. 318"
    assert law_in_words("Cap. 60E; Cap. 318", "zh-Hant") == "第60E章; 第318章"


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_no_law_that_a_definition_quotes_stays_english_on_a_chinese_page(language: str) -> None:
    rules = [rule for definition in CATALOGUE.definitions for rule in definition.rules]
    laws = {rule.law for rule in rules} | {definition.law for definition in CATALOGUE.definitions}
    left = {law for law in laws if any(letter.islower() for letter in law_in_words(law, language))}
    assert left == set()
