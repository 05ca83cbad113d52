"""Words in the three languages that people read."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "zh-Hant", "zh-Hans")


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence or name in English, Traditional and Simplified Chinese. All three are always present."""

    en: str
    zh_hant: str
    zh_hans: str

    def of(self, language: str) -> str:
        """The text in `language` (`en`, `zh-Hant`, `zh-Hans`); English for any other."""
        return {"zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans}.get(language, self.en)

    def filled(self, **values: object) -> Words:
        """The same words with `{name}` places filled in; unknown places stay as they are written."""
        return Words(*(_fill(text, values) for text in (self.en, self.zh_hant, self.zh_hans)))

    def as_dict(self) -> dict[str, str]:
        """Wire shape: `{"en", "zh-Hant", "zh-Hans"}`."""
        return {"en": self.en, "zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans}


def registered_name(name: str, name_zh: str) -> Words:
    """What a company or a person is called: the English name, and the Chinese one where there is one.

    A registered Chinese name is a name: it stands in both Chinese languages as it was registered, and is not converted.
    """
    chinese = name_zh or name
    return Words(name, chinese, chinese)


def _fill(text: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        chosen = value.of("en") if isinstance(value, Words) else str(value)
        text = text.replace("{" + name + "}", chosen)
    return text
