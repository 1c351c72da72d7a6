"""How much of a model's attention a text takes, and what of it is shown where there is less room. Pure."""

import re
from functools import lru_cache

from smartflow.client.llm import Assistant, Message
from smartflow.shared.kernel.codec import to_json

# All of the building of a request is counting, so it is done on bytes: whatever begins with one of these is a wide character ..
_WIDE = bytes(range(0xE3, 0xF5))
# .. and of those that begin with another one, these.
_WIDE_TOO = re.compile(b"\xe2[\xba-\xbf]")
_MARK = len("<data></data>")
# A conversation's results are told with every request of it, and mostly the same of them.
_KNOWN = 2048
_ESCAPED = len("\\u003c") - 1


def tokens(text: str) -> int:
    """Estimate tokens: four letters, or one character of Chinese, each."""
    wide = 0 if text.isascii() else _wide(text)
    return wide + (len(text) - wide + 3) // 4


def marked(text: str) -> str:
    """Mark text as data; it cannot end the mark by itself, and stays JSON if it was."""
    return "<data>" + text.replace("<", "\\u003c").replace(">", "\\u003e") + "</data>"


def size(message: Message) -> int:
    """Estimate the tokens of a message."""
    counted = tokens(message.content)
    if isinstance(message, Assistant) and message.calls:
        counted += tokens(to_json(message.calls).decode())
    return counted


def cut(text: str, most: int) -> str:
    """Keep the beginning of a text, by the tokens that it takes where it is marked."""
    kept = text[: most * 4]  # no text of so many tokens is longer
    if len(kept) == len(text) and _tokens_marked(text) <= most:
        return text
    while kept and (counted := _tokens_marked(kept)) > most:
        kept = kept[: min(len(kept) - 1, len(kept) * most // counted)]
    return kept + " .."


def shown(text: str, most: int) -> tuple[str, int]:
    """Mark the beginning of a text, and count it."""
    return _shown(text[: most * 4 + 1], most)  # what comes after makes no difference


@lru_cache(_KNOWN)
def _shown(text: str, most: int) -> tuple[str, int]:
    told = marked(cut(text, most))
    return told, tokens(told)


def _tokens_marked(text: str) -> int:
    wide = 0 if text.isascii() else _wide(text)
    escaped = text.count("<") + text.count(">")
    return wide + (len(text) + _MARK + _ESCAPED * escaped - wide + 3) // 4


def _wide(text: str) -> int:
    data = text.encode(errors="surrogatepass")
    found = len(data) - len(data.translate(None, _WIDE))
    return found + len(_WIDE_TOO.findall(data)) if b"\xe2" in data else found
