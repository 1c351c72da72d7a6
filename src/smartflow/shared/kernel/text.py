"""Text for people, in Chinese and English."""

import re
from string import Formatter
from typing import Literal
from unicodedata import normalize

from msgspec import Struct

Language = Literal["zh", "en"]
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]")


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


def language_of(text: str) -> Language | None:
    """Tell the language in which a text is written: the script with more characters; None: it has none."""
    flat = normalize("NFKC", text).casefold()
    han, latin = len(_HAN.findall(flat)), len(_LATIN.findall(flat))
    if not han and not latin:
        return None
    return "zh" if han >= latin else "en"


def _names(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)
