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
_ESCAPED = len("\\u003c") - 1


def tokens(text: str) -> int:
    """Estimate tokens: four letters, or one character of Chinese, each."""
    wide = 0 if text.isascii() else _known(text)
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


def fits(text: str, most: int) -> bool:
    """Tell whether a text takes no more than so many tokens where it is marked."""
    return len(text) <= most * 4 and _tokens_marked(text) <= most


def head(text: str, most: int) -> str:
    """Give as much of the beginning of a text as fits."""
    kept = text[: max(most, 0) * 4]
    while kept and (counted := _tokens_marked(kept)) > most:
        kept = kept[: min(len(kept) - 1, len(kept) * most // counted)]
    return kept


def cut(text: str, most: int) -> str:
    """Keep a text, or of one that does not fit the beginning."""
    return text if fits(text, most) else head(text, most) + " .."


def _tokens_marked(text: str) -> int:
    wide = 0 if text.isascii() else _wide(text)
    escaped = text.count("<") + text.count(">")
    return wide + (len(text) + _MARK + _ESCAPED * escaped - wide + 3) // 4


@lru_cache(1024)
def _known(text: str) -> int:
    return _wide(text)  # what was said is told again with every request


def _wide(text: str) -> int:
    data = text.encode(errors="surrogatepass")
    found = len(data) - len(data.translate(None, _WIDE))
    return found + len(_WIDE_TOO.findall(data)) if b"\xe2" in data else found
