"""Whether what a model wants done is said in the person's own words, or in a choice that they took. Pure.

What rules made of the words (`Call.by_rules`) is in them by construction. A model may follow something else that it has read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from smartflow.services.agent.engine.fold import State

_LISTS = ("tasks", "candidates", "entries")
_SEARCHES = {"find": "text", "query_tasks": "keyword"}
_ENOUGH = 0.65
# As for entities that rules resolve: taken at this score, and so far ahead of the next.
_FITS, _AHEAD = 0.75, 0.15
_PARTS = re.compile("[0-9]+|[\u2e80-\U0010ffff]+|[^\\W\\d_\u2e80-\U0010ffff]+")
_SMALL = frozenset({"a", "an", "the", "to", "of", "at", "on", "in", "for", "and", "my", "by", "it", "this", "that", "的", "了"})
_UNDOES = re.compile(
    r"\b(?:undo|revert|roll back|take (?:it|that|this|them) back|bring (?:it|that|them) back|restore)\b|撤销|撤回|恢复|回退|收回"
)
_ORDER = tuple(
    re.compile(rf"\b(?:{en})\b|[第选]{zh}|^{zh}$")
    for en, zh in (
        ("first|1st|1", "[一1]"),
        ("second|2nd|2", "[二2]"),
        ("third|3rd|3", "[三3]"),
        ("fourth|4th|4", "[四4]"),
        ("fifth|5th|5", "[五5]"),
        ("sixth|6th|6", "[六6]"),
    )
)


def are_own_words(call: ToolCall, state: State) -> bool:
    """Tell whether title, time and thing of a call stand in the present request; a title may stand in the one before."""
    said = list(_said(state))
    words = [_words(each) for each in said]
    if call.name == "undo":
        return any(_UNDOES.search(_folded(each)) for each in said)
    title, when, ref = (call.arguments.get(name) for name in ("title", "when", "ref"))
    spoken = [*words, *(_words(each) for each in _before(state))]
    if title and _share(_words(str(title)), _one(spoken)) < _ENOUGH:
        return False
    if when and not any(_holds(each, _words(str(when))) for each in spoken):
        return False
    return ref is None or is_named(str(ref), state)


def is_named(ref: str, state: State) -> bool:
    """Tell whether the present request names a thing, and nothing else of its kind that was shown as well."""
    heard = _one([_words(each) for each in _said(state)])
    if ref in _focus(state):
        return True
    kind = ref.partition(":")[0]
    alike = [one for one in _shown(state) if str(one["ref"]).partition(":")[0] == kind]
    shown = {str(one["ref"]): _share(_words(str(one["title"])), heard) for one in alike}
    best = max((share for each, share in shown.items() if each != ref), default=0.0)
    if shown.get(ref, 0.0) >= max(_ENOUGH, best + 1e-9):
        return True
    return any(_leads(ref, call, value, heard) for call, value in _found(state))


def _said(state: State) -> Iterator[str]:
    """Give the words of the present request: those that began it, what was answered to its questions, the choices taken."""
    yield state.answer.words
    present, asked = _present(state), dict[str, Sequence[Any]]()
    for each in present:
        if isinstance(each, User):
            yield each.content
        elif isinstance(each, Assistant):
            asked |= {call.id: call.arguments.get("choices") or () for call in each.calls if call.name == "ask_user"}
        elif isinstance(each, Tool) and each.call_id in asked and each.result.get("status") == "done":
            reply = str(each.result["value"].get("reply", ""))
            yield reply
            yield from _taken(reply, [str(choice) for choice in asked[each.call_id]])


def _present(state: State) -> Sequence[Message]:
    """Cut what belongs to the present request: everything from the person's last words on that began one."""
    last = max((place for place, each in enumerate(state.messages) if isinstance(each, User)), default=0)
    return state.messages[last:]


def _before(state: State) -> list[str]:
    """Give the words of the request before, which a short one may complete."""
    return [each.content for each in state.messages if isinstance(each, User)][-2:-1]


def _taken(reply: str, choices: Sequence[str]) -> list[str]:
    """Give the choice that a reply takes: the one that it names alone, or by its number."""
    words = _one([_words(reply)])
    held = [choice for choice in choices if words and words <= _one([_words(choice)])]
    if len(held) == 1:
        return held
    numbers = [place for place, each in enumerate(_ORDER[: len(choices)]) if each.search(_folded(reply).strip())]
    return [choices[numbers[0]]] if len(numbers) == 1 else []


def _focus(state: State) -> set[str]:
    """Name what was written last: "it" after that means no other thing."""
    last = next((each for each in reversed(state.messages) if isinstance(each, Tool) and "task" in _value(each)), None)
    asked = any(re.search(r"\b(?:it|that|this|them)\b|它|这个|那个|刚才", _folded(each)) for each in _said(state))
    return {str(_value(last)["task"]["ref"])} if last is not None and asked else set()


def _shown(state: State) -> Iterator[Mapping[str, Any]]:
    for each in state.messages:
        if isinstance(each, Tool):
            value = _value(each)
            for name in _LISTS:
                yield from value.get(name) or ()
            if "task" in value:
                yield value["task"]


def _found(state: State) -> Iterator[tuple[ToolCall, Mapping[str, Any]]]:
    """Give each search by name of this conversation with what it found."""
    asked = {call.id: call for each in state.messages if isinstance(each, Assistant) for call in each.calls}
    for each in state.messages:
        if isinstance(each, Tool) and each.name in _SEARCHES and each.call_id in asked:
            yield asked[each.call_id], _value(each)


def _leads(ref: str, call: ToolCall, value: Mapping[str, Any], heard: set[str]) -> bool:
    """Whether the person's own words found this thing before everything else; a filter that they did not say finds nothing."""
    text, found = (
        _one([_words(str(call.arguments.get(_SEARCHES[call.name]) or ""))]),
        (*value.get("candidates", ()), *value.get("tasks", ())),
    )
    scores = {str(one["ref"]): float(one.get("score", 1.0)) for one in found}
    others = max((score for each, score in scores.items() if each != ref), default=0.0)
    filtered = [each for each in call.arguments if each not in {_SEARCHES[call.name], "kinds", "completed", "limit"}]
    title = next((_one([_words(str(one["title"]))]) for one in found if one["ref"] == ref), set[str]())
    said = bool(text) and _share_of(text, heard) == 1.0 and _share_of(text, title) == 1.0
    return said and not filtered and scores.get(ref, 0.0) >= max(_FITS, others + _AHEAD)


def _value(message: Tool) -> Mapping[str, Any]:
    value = message.result.get("value")
    return value if message.result.get("status") == "done" and isinstance(value, dict) else {}


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _words(text: str) -> list[str]:
    """Cut a text into words and numbers, small words left out; what has no spaces into characters."""
    found = [part for each in _PARTS.findall(_folded(text)) for part in (list(each) if each[0] >= "\u2e80" else [each])]
    return [each for each in found if each not in _SMALL]


def _one(texts: Sequence[Sequence[str]]) -> set[str]:
    """Gather what texts are made of: words, and pairs of the characters that stand together."""
    return {unit for each in texts for unit in _units(each)}


def _units(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        if word[0] < "\u2e80":
            yield word
        elif place + 1 < len(words) and words[place + 1][0] >= "\u2e80":
            yield word + words[place + 1]


def _share(words: Sequence[str], heard: set[str]) -> float:
    """Say how much of a text was heard; one that says nothing was not."""
    return _share_of(_one([words]), heard)


def _share_of(units: set[str], heard: set[str]) -> float:
    return sum(any(_is_like(unit, each) for each in heard) for unit in units) / len(units) if units else 0.0


def _is_like(word: str, heard: str) -> bool:
    """Take a word and its plural, or another ending, for the same."""
    short = min(len(word), len(heard))
    return word == heard or (short > 3 and word[: short - 1] == heard[: short - 1] and abs(len(word) - len(heard)) <= 3)  # noqa: PLR2004 - letters


def _holds(said: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether words stand together in what was said: in their order, or in another one that leaves numbers in theirs."""
    size, wide = len(wanted), any(each[0] >= "\u2e80" for each in wanted)
    for start in range(len(said) - size + 1):
        part = said[start : start + size]
        if part == wanted or (not wide and Counter(part) == Counter(wanted) and _numbers(part) == _numbers(wanted)):
            return size > 0
    return False


def _numbers(words: Sequence[str]) -> list[str]:
    return [each for each in words if each.isdigit()]
