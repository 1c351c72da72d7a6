"""Whether what a model wants done is said in the person's own words, or in a choice that was put to them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from smartflow.client.llm import Assistant, Tool, ToolCall, User
from smartflow.services.agent.engine.fold import State

_NAMED = ("title", "when")
_LISTS = ("tasks", "candidates", "entries")
_ENOUGH = 0.6
# As for entities that rules resolve: taken at this score, and so far ahead of the next.
_FITS, _AHEAD = 0.75, 0.15
_WORDS = re.compile("[\u2e80-\U0010ffff]|[^\\W_\u2e80-\U0010ffff]+")
_SMALL = frozenset({"a", "an", "the", "to", "of", "at", "on", "in", "for", "and", "my", "的", "了"})


def are_own_words(call: ToolCall, state: State) -> bool:
    """Tell whether the title, the time and the thing of a call stand in what the person said or was offered as a choice."""
    wanted = [str(call.arguments[name]) for name in _NAMED if call.arguments.get(name)]
    heard = set[str]().union(*map(_words, _heard(state)))
    ref = call.arguments.get("ref")
    return all(_stands(words, heard) for words in map(_words, wanted)) and (ref is None or _is_named(str(ref), state, heard))


def _is_named(ref: str, state: State, heard: set[str]) -> bool:
    """Take a thing for named by its title, or by words of the person for which it was found before everything else."""
    asked = {call.id: call.arguments for each in state.messages if isinstance(each, Assistant) for call in each.calls}
    for each in state.messages:
        if not isinstance(each, Tool) or each.result.get("status") != "done":
            continue
        shown = list(_shown(each.result["value"]))
        if any(one["ref"] == ref and _stands(_words(str(one["title"])), heard) for one in shown):
            return True
        text = str(asked.get(each.call_id, {}).get("text", ""))
        if each.name == "find" and _leads(ref, shown) and _stands(_words(text), heard):
            return True
    return False


def _shown(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in _LISTS:
        yield from value.get(name) or ()
    if "task" in value:
        yield value["task"]


def _leads(ref: str, candidates: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a thing fits well, and the next one clearly less."""
    scores = {one["ref"]: float(one["score"]) for one in candidates}
    others = max((score for each, score in scores.items() if each != ref), default=0.0)
    return scores.get(ref, 0.0) >= max(_FITS, others + _AHEAD)


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
