"""Text for people, in Chinese and English."""

from string import Formatter
from typing import Literal

from msgspec import Struct

Language = Literal["zh", "en"]


class Text(Struct, frozen=True):
    """One sentence in both languages; placeholders in braces are equal in both."""

    zh: str
    en: str

    def render(self, language: Language, **facts: object) -> str:
        """Fill the placeholders of one language with facts."""
        return (self.zh if language == "zh" else self.en).format(**facts)

    def placeholders(self) -> tuple[frozenset[str], frozenset[str]]:
        """Name the placeholders of each language, for the test that wants them equal."""
        return _names(self.zh), _names(self.en)


def _names(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)
