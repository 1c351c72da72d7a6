"""Amending a deletion that waits for a yes: what is to be kept is left out, and the rest is asked about anew."""

import re
from collections.abc import Mapping

from smartflow.client.llm import ToolCall
from smartflow.services.llm.offline import texts
from smartflow.services.llm.offline.change import deleted
from smartflow.services.llm.offline.reading import fold
from smartflow.services.llm.offline.results import Deleted
from smartflow.services.llm.offline.talk import REF, Talk, Want, ask
from smartflow.shared.kernel.text import Language

_ONLY = re.compile(r"\b(?:only|just) (?:delete|remove|the|this|that)\b|只要?删")
_KEEPS = re.compile(
    r"\b(?:keep|except|without|leave|skip|spare|not|don't|do not|other than|apart from|instead)\b|保留|留下|留着|除了|别|不|去掉"
)
_PARTS = re.compile(r"[a-z0-9]{4,}|[\u4e00-\u9fff]{2,}")
_COMMON = frozenset({"keep", "delete", "remove", "leave", "only", "just", "except", "task", "tasks", "fine", "skip", "without", "nothing"})


def delete(refused: ToolCall, text: str, titles: Mapping[str, str], language: Language) -> Talk:
    """Ask again about a deletion without what is to be kept; nothing is asked where it is not certain what that is."""
    refs = [ref for ref in refused.arguments.get("refs", ()) if isinstance(ref, str) and REF.fullmatch(ref)]
    flat = fold(text)
    named = _named({ref: titles.get(ref, "") for ref in refs}, flat)
    only = _ONLY.search(flat) is not None
    if not named or not (only or _KEEPS.search(flat)):
        yield from ()
        return texts.KEEP_WHICH.render(language)
    left = [ref for ref in refs if (ref in named) == only]
    if not left:
        return texts.KEPT["delete"].render(language)
    gone = yield from ask(Want("delete_task", {"refs": left}), Deleted, language)
    return deleted(gone, 0, language)


def _named(titles: Mapping[str, str], flat: str) -> frozenset[str]:
    """Give the things that a text names: by the whole title, or by a part that no other title has."""
    parts = {ref: _parts(fold(title)) for ref, title in titles.items()}
    named = set()
    for ref, title in titles.items():
        own = parts[ref].difference(*(other for each, other in parts.items() if each != ref))
        if (title and fold(title) in flat) or any(part in flat for part in own):
            named.add(ref)
    return frozenset(named)


def _parts(flat: str) -> frozenset[str]:
    """Cut a title into its longer words, and its Chinese into pairs."""
    parts = set[str]()
    for word in _PARTS.findall(flat):
        parts |= {word} if word.isascii() else {word[place : place + 2] for place in range(len(word) - 1)}
    return frozenset(parts - _COMMON)
