"""Whether what a model wants done is said in the person's own words, or in a choice that was put to them. Pure."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from smartflow.client.llm import Assistant, ToolCall, User
from smartflow.services.agent.engine.fold import State

_NAMED = ("title", "when")
_ENOUGH = 0.6
_WORDS = re.compile("[\u2e80-\U0010ffff]|[^\\W_\u2e80-\U0010ffff]+")
_SMALL = frozenset({"a", "an", "the", "to", "of", "at", "on", "in", "for", "and", "my", "的", "了"})


def are_own_words(call: ToolCall, state: State) -> bool:
    """Tell whether the title and the time of a call stand in what the person said or was offered as a choice."""
    wanted = [str(call.arguments[name]) for name in _NAMED if call.arguments.get(name)]
    heard = set[str]().union(*map(_words, _heard(state)))
    return all(_stands(words, heard) for words in map(_words, wanted))


def _heard(state: State) -> Iterator[str]:
    yield state.answer.words
    for each in state.messages:
        if isinstance(each, User):
            yield each.content
        elif isinstance(each, Assistant):
            for call in each.calls:
                if call.name == "ask_user":
                    yield " ".join(map(str, call.arguments.get("choices") or ()))


def _words(text: str) -> set[str]:
    found = set(_WORDS.findall(normalize("NFKC", text).casefold()))
    return found - _SMALL or found


def _stands(words: set[str], heard: set[str]) -> bool:
    return not words or sum(any(_is_like(word, each) for each in heard) for word in words) >= _ENOUGH * len(words)


def _is_like(word: str, heard: str) -> bool:
    """Take a word and its plural, or another ending, for the same."""
    short = min(len(word), len(heard))
    return word == heard or (short > 3 and word[: short - 1] == heard[: short - 1] and abs(len(word) - len(heard)) <= 3)  # noqa: PLR2004 - letters
