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
from smartflow.shared.timetext.parse import parse

_LISTS = ("tasks", "candidates", "entries")
_SEARCHES = {"find": "text", "query_tasks": "keyword"}
_ENOUGH = 0.65
# As for entities that rules resolve: taken at this score, and so far ahead of the next.
_FITS, _AHEAD = 0.75, 0.15
_PARTS = re.compile("[0-9]+|[\u2e80-\U0010ffff]+|[^\\W\\d_\u2e80-\U0010ffff]+")
_SMALL = frozenset({"a", "an", "the", "to", "of", "at", "on", "in", "for", "and", "my", "by", "it", "this", "that", "的", "了"})
_UNDOES = re.compile(
    r"\b(?:undo|revert|roll back|(?:take|bring) (?:it|that|this|them) back|(?:cancel|scratch|restore) (?:it|that|this|them))\b|"
    r"撤销|撤回|恢复|回退|收回|还原|取消刚才"
)
_DENIES = re.compile(r"\b(?:don't|dont|do not|not|never)\b|[不别]")
_NOT = frozenset({"not", "no", "不", "别"})
_IT = re.compile(
    r"\b(?:it|that|this)(?:'s| is| was)? (?:done|finished|complete)|\b(?:finish|complete|reopen|mark|close|tick|did)\w* (?:it|that|this)\b|"
    r"它|刚才那个|[这那]个(?:完成|做完|搞定)"
)
_ENDINGS = frozenset({"s", "es", "d", "ed", "ing"})
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
    if call.name == "undo":
        return any(_UNDOES.search(_folded(each)) and not _DENIES.search(_folded(each)) for each in said)
    title, when, ref = (call.arguments.get(name) for name in ("title", "when", "ref"))
    if title and _share(str(title), [*said, *_before(state)]) < _ENOUGH:
        return False
    if when and not any(_holds(each, _words(str(when))) for each in said):
        return False
    return ref is None or is_named(str(ref), state) or str(ref) in _focus(state)


def is_named(ref: str, state: State) -> bool:
    """Tell whether the present request names a thing, and nothing else of its kind that was shown as well."""
    said, kind = list(_said(state)), ref.partition(":")[0]
    alike = {str(one["ref"]): str(one["title"]) for one in _shown(state) if str(one["ref"]).partition(":")[0] == kind}
    fits = {each: _fit(title, said) for each, title in alike.items()}
    best = max((fit for each, fit in fits.items() if each != ref), default=(0.0, 0))
    if ref in fits and fits[ref][0] >= _ENOUGH and fits[ref] > best:
        return True
    heard = _one([_words(each) for each in said])
    return any(_leads(ref, call, value, heard) for call, value in _found(state))


def _fit(title: str, said: Sequence[str]) -> tuple[float, int]:
    """Say how much of a title was said; of two that were said in full the longer one was meant."""
    share = _share(title, said)
    return share, len(_one([_words(title)])) if share == 1.0 else 0


def _said(state: State) -> Iterator[str]:
    """Give the words of the present request: those that began it, what was answered to its questions, the choices taken."""
    yield state.answer.words
    present, asked = _present(state), dict[str, Sequence[Any]]()
    for each in present:
        if isinstance(each, User):
            yield each.content
        elif isinstance(each, Assistant):
            asked |= {call.id: call.arguments.get("choices") or () for call in each.calls if call.name == "ask_user"}
        elif isinstance(each, Tool) and each.call_id in asked:
            reply = str(_value(each).get("reply", ""))
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
    if _DENIES.search(_folded(reply)):
        return []
    held = [choice for choice in choices if words and words <= _one([_words(choice)])]
    if len(held) == 1:
        return held
    numbers = [place for place, each in enumerate(_ORDER[: len(choices)]) if each.search(_folded(reply).strip())]
    return [choices[numbers[0]]] if len(numbers) == 1 else []


def _focus(state: State) -> set[str]:
    """Name what was written by the answer right before: "it" means that, and nothing older."""
    asked = any(_IT.search(_folded(each)) for each in _said(state))
    starts = [place for place, each in enumerate(state.messages) if isinstance(each, User)][-2:]
    if not asked or len(starts) < 2:  # noqa: PLR2004 - a request and the one before
        return set()
    before = [_value(each) for each in state.messages[starts[0] : starts[1]] if isinstance(each, Tool)]
    return {str(one["ref"]) for value in before if "task" in value for one in _things(value)}


def _shown(state: State) -> Iterator[Mapping[str, Any]]:
    for each in state.messages:
        if isinstance(each, Tool):
            yield from _things(_value(each))


def _things(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the things that a result tells of."""
    told = (*(one for name in _LISTS for one in value.get(name) or ()), value.get("task"))
    yield from (one for one in told if isinstance(one, dict) and {"ref", "title"} <= one.keys())


def _found(state: State) -> Iterator[tuple[ToolCall, Mapping[str, Any]]]:
    """Give each search by name of this conversation with what it found."""
    asked = {call.id: call for each in state.messages if isinstance(each, Assistant) for call in each.calls}
    for each in state.messages:
        if isinstance(each, Tool) and each.name in _SEARCHES and each.call_id in asked:
            yield asked[each.call_id], _value(each)


def _leads(ref: str, call: ToolCall, value: Mapping[str, Any], heard: set[str]) -> bool:
    """Whether the person's own words found this thing before everything else; a filter that they did not say finds nothing."""
    text, found = _one([_words(str(call.arguments.get(_SEARCHES[call.name]) or ""))]), list(_things(value))
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


def _share(title: str, said: Sequence[str]) -> float:
    """Say how much of a title was said: all of its numbers, or nothing; a title of one character or small word has to stand there."""
    units = _one([_words(title)])
    if not units:
        alone = _folded(title).strip()
        return float(any(map(str.isalnum, alone)) and any(re.search(_alone(alone), _folded(each)) for each in said))
    heard = _one([_words(each) for each in said])
    return 0.0 if any(each.isdigit() and each not in heard for each in units) else _share_of(units, heard)


def _alone(text: str) -> str:
    return re.escape(text) if text[0] >= "\u2e80" else rf"(?<!\w){re.escape(text)}(?!\w)"


def _share_of(units: set[str], heard: set[str]) -> float:
    return sum(any(_is_like(unit, each) for each in heard) for unit in units) / len(units) if units else 0.0


def _is_like(word: str, heard: str) -> bool:
    """Take a word and its plural, or another ending, for the same; numbers and names are what they are."""
    short, long = sorted((word, heard), key=len)
    return word == heard or (len(short) > 2 and long.startswith(short) and long[len(short) :] in _ENDINGS)  # noqa: PLR2004 - letters


def _holds(said: str, wanted: Sequence[str]) -> bool:
    """Whether a time stands in what was said, whole: in its order, or in another one that leaves numbers in theirs."""
    words, size, wide = _words(said), len(wanted), any(each[0] >= "\u2e80" for each in wanted)
    if any(Counter(wanted) < Counter(_words(said[each.start : each.end])) for each in parse(said)):
        return False  # a part of a time is another one
    for start in range(len(words) - size + 1):
        part = words[start : start + size]
        same = part == wanted or (not wide and Counter(part) == Counter(wanted) and _numbers(part) == _numbers(wanted))
        if same and not (start and words[start - 1] in _NOT):
            return size > 0
    return False


def _numbers(words: Sequence[str]) -> list[str]:
    return [each for each in words if each.isdigit()]
