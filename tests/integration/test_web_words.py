"""The words of the pages: every key a page asks for exists, in three languages, with the same places to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import onewindow.web
from onewindow.web import words_catalogue

WEB = Path(onewindow.web.__file__).parent
_SAID = re.compile(r"""\{%\s*say\s+['"]([a-z_]+\.[a-z_-]+)['"]|words_of\(\s*"([a-z_]+\.[a-z_-]+)"\s*\)""")
_MADE = (
    "service.family_", "service.working_", "service.days", "service.hours", "service.months", "task.state_",
    "company.scope_", "company.fault_", "role.", "event.", "refusal.", "fault.", "law.",
)  # fmt: skip
"""Keys that are put together from a code: their families are checked where the codes come from."""


def _asked() -> set[str]:
    files = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    found = (match for path in files for match in _SAID.finditer(path.read_text(encoding="utf-8")))
    return {match[1] or match[2] for match in found}


def test_every_word_a_page_says_is_in_the_catalogue() -> None:
    assert len(_asked()) > 150
    assert _asked() - set(words_catalogue.catalogue()) == set()


def test_every_word_of_the_catalogue_is_said_somewhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in [*WEB.rglob("*.html"), *WEB.rglob("*.py")])
    unused = [key for key in words_catalogue.catalogue() if key not in text and not key.startswith(_MADE)]
    assert unused == []


def test_the_places_to_fill_in_are_the_same_in_every_language() -> None:
    places = re.compile(r"\{([a-z]+)\}")
    for key, words in words_catalogue.catalogue().items():
        named = [sorted(set(places.findall(text))) for text in (words.en, words.zh_hant, words.zh_hans)]
        assert named[0] == named[1] == named[2], key


def test_simplified_words_hold_no_traditional_character_that_has_a_simple_form() -> None:
    traditional = set("遞證號碼檢驗進關報單稅務處請選擇擬備審覆訊時間過關們個這說點開啟閱讀與為無應該當辦")
    for key, words in words_catalogue.catalogue().items():
        assert not traditional & set(words.zh_hans), key


def test_a_missing_language_is_refused_with_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home.toml").write_text('title = { en = "Home", zh-Hant = "首頁" }', encoding="utf-8")
    monkeypatch.setattr(words_catalogue, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"home\.title lacks zh-Hans"):
        words_catalogue.catalogue.__wrapped__()
