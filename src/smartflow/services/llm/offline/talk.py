"""A talk: what an intent does, written straight down as a generator that wants tools run and gets what they gave.

The brain keeps nothing: with each request a talk is told again from its beginning, with the results there are, and where
they end its next wish becomes the answer. So the table (intent, results) -> next step is the talk itself.
"""

import re
from collections.abc import Generator, Sequence
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from smartflow.client.llm import ToolCall
from smartflow.services.llm.offline import texts
from smartflow.services.llm.offline.choices import taken
from smartflow.services.llm.offline.dialogue import Dialogue, Given
from smartflow.services.llm.offline.results import Refused, Reply
from smartflow.services.llm.offline.understanding import understand
from smartflow.shared.kernel.text import Language, Text

WRITES = frozenset({"create_task", "complete_task", "reopen_task", "delete_task", "undo"})
REF = re.compile(r"(?:task|class|item|course|event):[0-9]{1,18}", re.ASCII)
MAX_TITLE = 255
T = TypeVar("T")


class Want(Struct, frozen=True):
    """A tool that is wanted, and its arguments."""

    name: str
    arguments: dict[str, Any]


Talk: TypeAlias = Generator[tuple[Want, ...], tuple[dict[str, Any], ...], str]


class NotDone(Exception):  # noqa: N818 - it is how a talk ends early, not a fault
    """A talk ends here, with this to say."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class AnotherWish(Exception):  # noqa: N818 - as above
    """A talk ends here, because the person did not answer its question and wishes something else."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Told(Struct, frozen=True):
    """How far a talk is: it wants tools, or it says something and is over; `left`: calls that it did not want."""

    wants: tuple[Want, ...] = ()
    text: str = ""
    left: int = 0


def ask(want: Want, kind: type[T], language: Language) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], T]:
    """Run one tool and read its result; what was not done ends the talk."""
    (result,) = yield (want,)
    return opened(result, kind, language)


def question(
    text: str, choices: Sequence[str], slot: str, language: Language
) -> Generator[tuple[Want, ...], tuple[dict[str, Any], ...], str]:
    """Ask the person; gives the words of the reply.

    Raises:
        AnotherWish: The reply takes none of the choices, and is a request of its own.
    """
    arguments = {"text": text[:500], "choices": [choice[:MAX_TITLE] for choice in choices][:6], "slot": slot}
    reply = (yield from ask(Want("ask_user", arguments), Reply, language)).reply.strip()
    if choices and taken(reply, choices) is None:
        meant = understand(reply)
        if meant.sure and not meant.blocked:
            raise AnotherWish(reply)
    return reply


def opened(result: dict[str, Any], kind: type[T], language: Language) -> T:
    """Read a result as its type.

    Raises:
        NotDone: It was refused, by the tool or the person, or it cannot be read.
    """
    status, value = result.get("status"), result.get("value")
    if status == "blocked":
        raise NotDone(texts.LEFT.render(language))
    try:
        if status == "refused":
            refused = msgspec.convert(value, Refused)
            raise NotDone(texts.REFUSED.render(language, why=refused.text.to(language)))
        if status == "done":
            return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        pass
    raise NotDone(texts.NO_ANSWER.render(language))


def say(text: Text, language: Language, /, **facts: object) -> Talk:
    """Only say something."""
    yield from ()
    return text.render(language, **facts)


def tell(talk: Talk, dialogue: Dialogue) -> Told:
    """Tell a talk again with the results there are."""
    left = list(dialogue.given)
    try:
        wants = next(talk)
        while True:
            results = _results(wants, left, dialogue.language)
            if results is None:
                return Told(wants, left=len(left))
            wants = talk.send(results)
    except StopIteration as end:
        return Told(text=end.value, left=len(left))
    except NotDone as end:
        return Told(text=end.text, left=len(left))


def _results(wants: tuple[Want, ...], left: list[Given], language: Language) -> tuple[dict[str, Any], ...] | None:
    """Take the results of what is wanted from what was given; None: it has to be run first.

    Raises:
        NotDone: Something was written that this talk never wanted: another mind began this answer.
    """
    results = []
    for want in wants:
        place = next((place for place, given in enumerate(left) if _is(given.call, want)), None)
        passed = left[:place]
        if any(given.call.name in WRITES for given in passed):
            raise NotDone(texts.OTHERS.render(language))
        if place is None:
            return None
        results.append(left[place].result or {})
        del left[: place + 1]
    return tuple(results)


def _is(call: ToolCall, want: Want) -> bool:
    return call.name == want.name and call.arguments == want.arguments
