"""Laws as they are quoted in each language: definitions name them in English."""

from __future__ import annotations

import re

from onewindow.kernel.words import Words
from onewindow.web.words_catalogue import catalogue, words_of

FAMILY = "law."
_CHAPTER = re.compile(r"Cap\. (\d+[A-Z]*)")


def law_in_words(law: str, language: str) -> str:
    """`Cap. 60E` as `第60E章`; published requirements by their words; anything else as it is."""
    known = next((words for key, words in catalogue().items() if key.startswith(FAMILY) and words.en == law), None)
    if known is not None:
        return known.of(language)
    chapter: Words = words_of("law.chapter")
    return _CHAPTER.sub(lambda found: chapter.of(language).replace("{number}", found[1]), law)
