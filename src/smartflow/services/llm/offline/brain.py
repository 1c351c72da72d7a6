"""The brain that needs no model."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from smartflow.client.llm import (
    OFFLINE,
    AnswerRequest,
    Assistant,
    CallPiece,
    Done,
    ModelUnavailable,
    ObjectPiece,
    Piece,
    Scene,
    TextPiece,
    ToolCall,
    Usage,
    User,
)
from smartflow.services.llm.offline import amend, cannot, capture, change, consent, cues, look, smalltalk, texts
from smartflow.services.llm.offline.dialogue import Dialogue, follow
from smartflow.services.llm.offline.fitting import Fit
from smartflow.services.llm.offline.frames.frame import Intent
from smartflow.services.llm.offline.reading import clauses, fold
from smartflow.services.llm.offline.talk import WRITES, AnotherWish, NotDone, Talk, Told, Want, say, tell
from smartflow.services.llm.offline.understanding import Denied, Meant, understand
from smartflow.shared.kernel.text import Language, Text

PIECE, TITLE, LONGEST = 400, 24, 8000
_UNREAD = (texts.UNKNOWN, texts.NOTHING_WAITS, texts.NOT_YOURS)
_SPOKEN: frozenset[Scene] = frozenset({"route", "quick_task", "plan", "execute", "deliver"})
_TALKS: dict[Intent, Callable[[change.Request], Talk]] = {
    "complete": change.complete,
    "reopen": change.reopen,
    "delete": change.delete,
    "delete_all": change.delete_all,
    "undo": change.undo,
    "state": change.state,
    "range": look.on,
    "due": look.due,
    "tasks": look.tasks,
    "date": look.date_of,
}


class RuleBrain:
    """Rules that answer as a model would. Serves `offline.Brain`."""

    def answer(self, request: AnswerRequest) -> Iterator[Piece]:
        """Give the pieces of the answer; equal requests get equal pieces.

        Raises:
            ModelUnavailable: A side job is wanted that only a model does.
        """
        if request.scene == "confirmation_words":
            yield ObjectPiece({"reading": _consent(request)})
            yield _done()
        elif request.scene == "title":
            first = next((each.content for each in request.messages if isinstance(each, User)), "")
            yield from _spoken(" ".join(first.split())[:TITLE], request.beginning)
        elif request.scene in _SPOKEN:
            yield from _answer(request)
        else:
            raise ModelUnavailable

    def takes(self, request: AnswerRequest) -> bool:
        """Tell whether rules alone are sure: one clause, one certain intent, a read or a light change, or small talk."""
        if request.scene not in _SPOKEN:
            return request.scene == "confirmation_words" and _consent(request) != "unclear"
        dialogue = follow(request.messages, request.language)
        if not _certain(dialogue.text):
            return False
        told = tell(_talk(dialogue), dialogue)
        return not told.left and {want.name for want in told.wants} <= {tool.name for tool in request.tools}

    def weighed(self, request: AnswerRequest, piece: Piece) -> Piece:
        """Give a piece of a model's answer, or what it is worth: a yes that it read into words with a but is none."""
        read = request.scene == "confirmation_words" and isinstance(piece, ObjectPiece) and piece.value.get("reading") == "approve"
        return ObjectPiece({"reading": "unclear"}) if read and not consent.may_be_a_yes(_newest(request), _asked(request)) else piece


def _consent(request: AnswerRequest) -> consent.Consent:
    asked = [each.content for each in request.messages if isinstance(each, Assistant)]
    return consent.reading(_newest(request), _asked(request), aside=len(asked) > 1)


def _asked(request: AnswerRequest) -> str:
    return next((each.content for each in request.messages if isinstance(each, Assistant)), "")


def _newest(request: AnswerRequest) -> str:
    return next((each.content for each in reversed(request.messages) if isinstance(each, User)), "")


def _certain(text: str) -> bool:
    """Whether every word of a message is accounted for, and what it asks for is light."""
    if smalltalk.echo(text) is not None or smalltalk.reply(text) is not None:
        return True
    meant = understand(_without_courtesy(text)) if len(text) <= LONGEST else Meant()
    certain = meant.sure and not meant.blocked and not meant.denied and len(meant.acts) == 1 == len(clauses(text))
    return certain and meant.acts[0].intent not in {"delete", "delete_all"}


def _answer(request: AnswerRequest) -> Iterator[Piece]:
    dialogue = follow(request.messages, request.language)
    told = tell(_talk(dialogue), dialogue)
    offered = {tool.name for tool in request.tools}
    if any(want.name not in offered for want in told.wants):
        told = _without(told.wants, dialogue)
    elif dialogue.waits and not offered & WRITES and told.text in {each.render(dialogue.language) for each in _UNREAD}:
        told = Told(text=texts.STILL_WAITS.render(dialogue.language))
    if not told.wants:
        yield from _spoken(told.text, request.beginning)
        return
    for name, want in zip(_names(dialogue.taken), told.wants, strict=False):
        yield CallPiece(ToolCall(name, want.name, want.arguments))
    yield Done(Usage(), OFFLINE, "tool_calls")


def _without(wants: Sequence[Want], dialogue: Dialogue) -> Told:
    """A question can be said where it cannot be asked; nothing else can be done without its tool, or before a yes or no."""
    question = next((want for want in wants if want.name == "ask_user"), None)
    why = texts.STILL_WAITS if dialogue.waits else texts.NOT_HERE
    return Told(text=str(question.arguments["text"]) if question and not dialogue.waits else why.render(dialogue.language))


def _names(taken: frozenset[str]) -> Iterator[str]:
    """Name calls c1, c2, .. after those that there are."""
    last = max((int(name[1:]) for name in taken if name[:1] == "c" and name[1:].isdecimal() and len(name) <= TITLE), default=0)
    while True:
        last += 1
        yield f"c{last}"


def _spoken(text: str, beginning: str) -> Iterator[Piece]:
    """Say a text; what is shown already is not said again."""
    if beginning:
        text = text[len(beginning) :] if text.startswith(beginning) else f"\n\n{text}"
    for start in range(0, len(text), PIECE):
        yield TextPiece(text[start : start + PIECE])
    yield _done()


def _done() -> Done:
    return Done(Usage(), OFFLINE, "stop")


def _talk(dialogue: Dialogue) -> Talk:
    """Do something about the newest request, or about the one that came in the place of an answer."""
    try:
        return (yield from _wished(dialogue))
    except AnotherWish as other:
        return (yield from _instead(other, dialogue))


def _instead(other: AnotherWish, dialogue: Dialogue) -> Talk:
    said = yield from _talk(replace(dialogue, text=other.text, refused=None))
    return texts.DROPPED.render(dialogue.language) + said


def _wished(dialogue: Dialogue) -> Talk:
    """Choose what to do about a request."""
    text, language = dialogue.text, dialogue.language
    if (echoed := smalltalk.echo(text)) is not None:
        return say(texts.EXACTLY, language, text=echoed)
    if (small := _small(text)) is not None:
        return say(small, language)
    if dialogue.refused is not None and dialogue.refused.name == "delete_task" and consent.reading(text) == "amend":
        return amend.delete(dialogue.refused, text, dialogue.titles, language)
    text = _without_courtesy(text)
    meant = understand(text)
    if meant.sure and not meant.blocked:
        return _acts(meant, replace(dialogue, text=text))
    return _refused(meant, text, language) or _fallback(meant, text, language)


def _small(text: str) -> Text | None:
    """Give what to say where there is nothing to understand."""
    if not text.strip():
        return texts.HELP
    return smalltalk.reply(text) if len(text) <= LONGEST else texts.UNKNOWN


def _without_courtesy(text: str) -> str:
    """Leave out a greeting before a request."""
    parts = clauses(text)
    if len(parts) > 1 and smalltalk.is_courtesy(parts[0].text):
        return text[text.index(parts[1].text, len(parts[0].text)) :]
    return text


def _acts(meant: Meant, dialogue: Dialogue) -> Talk:
    """Do one thing after the other; tasks that are to be kept are kept together."""
    said, language = [], dialogue.language
    for group in _groups(meant.acts):
        try:
            if cannot.repeats(group):
                said.append(texts.CANNOT["course"].render(language))
            elif group[0].intent == "capture":
                said.append((yield from capture.keep(group, language)))
            else:
                said.append((yield from _TALKS[group[0].intent](change.Request(group[0], language, dialogue.focus, dialogue.listed))))
        except NotDone as refusal:
            said.append(refusal.text)
        except AnotherWish as other:
            said.append((yield from _instead(other, dialogue)))
            break
    said.extend(texts.KEPT[each.kind].render(language) for each in meant.denied if each.kind in texts.KEPT)
    back = texts.TAKE_BACK.render(language)
    said = [
        each.removesuffix(back).rstrip() if any(back in later for later in said[place + 1 :]) else each for place, each in enumerate(said)
    ]
    return "\n".join(dict.fromkeys(said))


def _groups(acts: Sequence[Fit]) -> list[list[Fit]]:
    groups: list[list[Fit]] = []
    for fit in acts:
        if groups and fit.intent == "capture" == groups[-1][0].intent:
            groups[-1].append(fit)
        else:
            groups.append([fit])
    return groups


def _refused(meant: Meant, text: str, language: Language) -> Talk | None:
    """Say what was left alone, where the words forbid a change."""
    first = next((each for each in meant.denied if each.kind in texts.KEPT), meant.denied[0] if meant.denied else None)
    cue = meant.blocked or (first.cue if first else None)
    if cue == "condition":
        return say(texts.CANNOT["condition"], language)
    if first is None or cannot.topic(text) == texts.CANNOT["memory"]:
        return say(texts.LEFT, language) if cue == "negation" and meant.acts else None
    if first.fit is not None and first.kind == "capture":
        return capture.offer(cannot.as_title(first.fit.name or text), texts.KEEP, language) if not _cut(first) else None
    if first.cue == "negation":
        return say(texts.KEPT.get(first.kind, texts.LEFT), language)
    return say(texts.NOT_YOURS, language)


def _cut(denied: Denied) -> bool:
    """Whether the change itself is denied: its verb, not what is to be kept."""
    return denied.fit is not None and denied.cue == "negation" and not denied.fit.frame.explicit


def _fallback(meant: Meant, text: str, language: Language) -> Talk:
    """What is not understood is never done: the nearest thing is offered."""
    if (cannot_do := cannot.topic(text)) is not None:
        return say(cannot_do, language)
    if cannot.is_how_to(text):
        return say(texts.HELP, language)
    if cannot.is_open(text):
        return capture.offer(cannot.as_title(text), texts.KEEP_OPEN, language)
    if not cues.negated(fold(text)) and (meant.acts or cannot.is_doable(text)):
        return capture.offer(cannot.as_title(text), texts.KEEP, language)
    return say(texts.NOTHING_WAITS if consent.reading(text) in {"approve", "reject"} else texts.UNKNOWN, language)
