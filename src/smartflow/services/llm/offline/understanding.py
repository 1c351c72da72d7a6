"""From a message to what it asks for: clauses are fitted, joined where one completes another, and weighed together."""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from smartflow.services.llm.offline import cues
from smartflow.services.llm.offline.fitting import CERTAIN, Fit, Heard, certain, fits, hear
from smartflow.services.llm.offline.frames.frame import VERB_EN, VERB_ZH, WRITING
from smartflow.services.llm.offline.reading import Clause, clauses, fold

MOST_CLAUSES = 16
Cue: TypeAlias = Literal["negation", "condition", "report", "question"]
_LIST_OPENS = re.compile(r"\badd\b|\btasks\b|to-?dos?|添加|新增|任务|待办|加")
_ITEM = re.compile(rf"^\W*(?:(?:and|also|then|还有|以及|和|再|然后)\s*)*(?:{VERB_EN}\b|{VERB_ZH})")
_SHORT_WORDS, _SHORT_CHARS = 4, 12
_SPLIT = re.compile(rf"(?:\s+and\s+|\s*&\s*)(?={VERB_EN}\b)|、|(?:以及|还有|和|并且?)(?={VERB_ZH})")
_SPLIT_LIST = re.compile(r"\s+and\s+")
_NUMBERED = re.compile(r"^\W*[0-9]{1,2}[.)、]\s*")
_RETRACTS = re.compile(
    r"^\W*(?:算了|不用了?|不要了?|不对|等等|等一下|不是|取消|先不|never ?mind|cancel|no|no wait|wait|scratch that|forget it|"
    r"actually no|cancel that|stop)\W*$"
)
_HOLLOW = re.compile(
    r"(?:记得)?提醒(?:一下)?我(?:一下)?|remind me(?: about (?:it|that))?|记得|before|by|due|on|at|in|for|之前|(?:放到|放进|"
    r"放在|归到)?第?[一二三四1-4]象限|"
    r"(?:in(?:to)?|to) quadrant (?:[1-4]|one|two|three|four)|"
    r"(?:新建|添加|加|创建|新增|记)(?:一?个)?(?:新?任务|待办|提醒)|(?:add|create|make|new)(?: an?)?(?: new)? (?:task|reminder|to-?do)"
)
_HOW = re.compile(r"怎么|如何|\bhow (?:do|can|to)\b")
_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("delete", re.compile(r"删|移除|去掉|清空|清掉|取消|delete|remov|eras|cancel|get rid|drop")),
    ("undo", re.compile(r"撤销|撤回|undo|revert|take back")),
    ("reopen", re.compile(r"重新打开|恢复|重开|reopen|uncheck")),
    ("complete", re.compile(r"完成|做完|写完|弄完|标记|打勾|勾|交|搞定|complet|finish|mark|tick|check off|done|submit")),
    ("capture", re.compile(r"记|提醒|添加|新建|新增|加|创建|remind|\badd|creat|note")),
)


class Denied(Struct, frozen=True):
    """A clause that names a change and forbids it: which change, by which cue, and what it would have been."""

    kind: str
    cue: Cue
    fit: Fit | None = None


class Meant(Struct, frozen=True):
    """What a message asks for: acts in order; what it denies; the share of it that is understood."""

    acts: tuple[Fit, ...] = ()
    denied: tuple[Denied, ...] = ()
    share: float = 0.0
    blocked: Cue | None = None

    @property
    def sure(self) -> bool:
        """Whether enough is understood; what is only told before something is asked for may be wanted or not."""
        kept = [fit.frame.explicit for fit in self.acts if fit.intent == "capture"]
        told = any(not each for each in kept) and any(kept[1:]) and not kept[0]
        return bool(self.acts) and self.share >= CERTAIN and not told


def understand(text: str) -> Meant:
    """Say what a message asks for."""
    parts = _joined(clauses(text))
    if not 0 < len(parts) <= MOST_CLAUSES:
        return Meant()
    acts: list[Fit] = []
    denied: list[Denied] = []
    worth = total = 0.0
    for part in parts:
        got = _weigh(part, acts)
        size = len(part.clause.flat)
        total += size
        if isinstance(got, Denied):
            denied.append(got)
            worth += size
        else:
            acts.extend(got)
            worth += size * min((fit.score for fit in got), default=0.0)
    blocked = _blocked(parts, acts, denied)
    return Meant(tuple(acts), tuple(denied), worth / total, blocked)


def _blocked(parts: Sequence[Heard], acts: Sequence[Fit], denied: Sequence[Denied]) -> Cue | None:
    """Say which cue keeps a message from changing anything, wherever in it it stands."""
    writes = {fit.intent for fit in acts if fit.intent in WRITING}
    if any(cues.conditional(part.clause.flat) for part in parts):
        return "condition"
    lost = [part for part in parts if cues.negated(part.clause.flat) or _RETRACTS.search(part.clause.flat)]
    if any(each.kind in {"any", *(intent.removesuffix("_all") for intent in writes)} for each in denied):
        return "negation"
    held = [fit.heard.clause.flat for fit in acts]
    return "negation" if any(part.clause.flat not in held for part in lost) and not denied else None


def _weigh(part: Heard, before: Sequence[Fit]) -> tuple[Fit, ...] | Denied:
    if _RETRACTS.search(part.clause.flat):
        return Denied("any", "negation")
    found = fits(part)
    allowed = [fit for fit in found if _cue(fit) is None]
    best = certain(allowed)
    if best is not None and best.intent == "capture":
        return _items(best)
    if best is not None:
        return (best,)
    return _refusing(part, found) or _further(part, before)


def _refusing(part: Heard, found: Sequence[Fit]) -> Denied | None:
    first = next((fit for fit in found if fit.score >= CERTAIN and _cue(fit) is not None), None)
    if first is not None:
        return Denied(first.intent.removesuffix("_all"), _cue(first) or "negation", first)
    flat = part.clause.flat
    kind = next((kind for kind, verbs in _CLASSES if verbs.search(flat)), None)
    if kind is not None and cues.negated(flat):
        return Denied(kind, "negation")
    if kind is not None and cues.reported(flat):
        return Denied(kind, "report")
    strict = kind in {"delete", "undo", "reopen"} and not _HOW.search(flat)
    return Denied(str(kind), "question") if strict and cues.asking(flat, part.clause.asks) else None


def _cue(fit: Fit) -> Cue | None:
    """Say which cue forbids a frame in its clause; before a title's verb a question counts, inside the title it does not."""
    clause, forbids = fit.heard.clause, fit.frame.forbids
    free = fit.intent == "capture" and fit.frame.explicit
    head = fit.heard.blank[: fit.verb] if free else fit.heard.blank
    if "negation" in forbids and cues.negated(clause.flat):
        return "negation"
    if "condition" in forbids and cues.conditional(clause.flat):
        return "condition"
    if "report" in forbids and cues.reported(head):
        return "report"
    if "question" in forbids and cues.hedged(head):
        return "question"
    if "question" in forbids and cues.asking(head, clause.asks and not (free and cues.polite(clause.flat))):
        return "question"
    return None


def _items(fit: Fit) -> tuple[Fit, ...]:
    """Split what is to be kept into the things that it lists."""
    clause = fit.heard.clause
    parts = _pieces(clause, _SPLIT)
    if len(parts) == 1:
        return (fit,)
    first = certain([each for each in fits(hear(parts[0])) if each.intent == "capture"])
    if first is None or not first.name:
        return (fit,)
    return (first, *(_item(hear(part), fit) for part in parts[1:]))


def _further(part: Heard, before: Sequence[Fit]) -> tuple[Fit, ...]:
    """Read a clause without an intent as one more thing of the list before it."""
    last = before[-1] if before else None
    if last is None or last.intent != "capture" or not last.frame.explicit or part.clause.asks:
        return ()
    flat = part.clause.flat
    listed = _LIST_OPENS.search(before[0].heard.clause.flat) is not None
    short = len(flat.split()) <= _SHORT_WORDS + 2 if flat.isascii() else len(flat) <= _SHORT_CHARS
    if cues.negated(flat) or not (_ITEM.search(flat) or (listed and short)):
        return ()
    pattern = _SPLIT_LIST if listed and short and not _ITEM.search(flat) else _SPLIT
    return tuple(_item(hear(piece), last) for piece in _pieces(part.clause, pattern))


def _item(heard: Heard, like: Fit) -> Fit:
    cut = {place for led in heard.led for place in range(*led)}
    name = _NUMBERED.sub("", " ".join("".join(char for place, char in enumerate(heard.bare) if place not in cut).split()))
    return Fit(like.frame, heard, like.score, re.sub(r"^(?:and|还有|以及|和|再|然后)\s*", "", cues.title(name, fold(name))), 0)


def _pieces(clause: Clause, pattern: re.Pattern[str]) -> list[Clause]:
    pieces, start = [], 0
    for found in [*pattern.finditer(clause.flat), None]:
        end = found.start() if found else len(clause.flat)
        if clause.flat[start:end].strip():
            pieces.append(Clause(clause.text[start:end].strip(), clause.flat[start:end].strip(), clause.asks))
        start = found.end() if found else end
    return pieces


def _joined(parts: Sequence[Clause]) -> list[Heard]:
    """Join clauses that are nothing alone: time words, and a bare "remind me"."""
    heard: list[Heard] = []
    for clause in parts[: MOST_CLAUSES + 1]:
        now = hear(clause)
        if heard and (_hollow(now) or _hollow(heard[-1])):
            last = heard.pop().clause
            now = hear(Clause(f"{last.text} {clause.text}", f"{last.flat} {clause.flat}", last.asks or clause.asks))
        heard.append(now)
    return heard


def _hollow(heard: Heard) -> bool:
    left = cues.FILLER.sub("", heard.blank.strip(" ,:")).strip(" ,:")
    bare = not left or _HOLLOW.fullmatch(left)
    return bool(bare) and bool(heard.spans or left)
