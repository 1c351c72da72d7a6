"""What one call to a model has brought, put together from its pieces."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.llm import Assistant as Answered
from smartflow.client.llm import Finish, Flaw, Message, Tool, ToolCall, UnusableAnswer
from smartflow.services.llm.model import Tokens
from smartflow.shared.kernel.codec import pack

Count = Callable[[str], int]
_MOST_STARTS = 20
_FIRST_HALVES = ("\ud800", "\udbff")
_FINISHES: dict[str, Finish] = {"length": "length", "content_filter": "filtered", "tool_calls": "tool_calls", "function_call": "tool_calls"}


class CallDelta(Struct, frozen=True):
    """A part of a tool call: the first has its name, the arguments come in any number of parts."""

    index: int | None = None
    id: str = ""
    name: str = ""
    arguments: str = ""


class Delta(Struct, frozen=True):
    """One piece of a stream, in our own words."""

    text: str = ""
    thinking: str = ""
    calls: tuple[CallDelta, ...] = ()
    finish: str = ""
    usage: Tokens | None = None


class Halves:
    """Puts characters together that a server cut in two; a half that stays one is none."""

    def __init__(self) -> None:
        self._held: dict[object, str] = {}

    def mend(self, delta: Delta) -> Delta:
        """Give a piece without halves of characters."""
        calls = tuple(replace(each, arguments=self._whole(each.index, each.arguments)) for each in delta.calls)
        return replace(delta, text=self._whole("text", delta.text), thinking=self._whole("thinking", delta.thinking), calls=calls)

    def _whole(self, place: object, text: str) -> str:
        text = self._held.pop(place, "") + text
        if text[-1:] and _FIRST_HALVES[0] <= text[-1] <= _FIRST_HALVES[1]:
            text, self._held[place] = text[:-1], text[-1]
        return whole(text)


class _Part:
    """A tool call that is being put together."""

    def __init__(self, delta: CallDelta) -> None:
        self.index = delta.index
        self.id = delta.id
        self.name = delta.name
        self.arguments = [delta.arguments]

    def add(self, delta: CallDelta) -> None:
        # Some repeat the name in every part, none splits it.
        self.name = self.name or delta.name
        self.arguments.append(delta.arguments)


class Heard:
    """One call's answer so far."""

    def __init__(self) -> None:
        self.finish_word = ""
        self.usage: Tokens | None = None
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._parts: list[_Part] = []

    def take(self, delta: Delta) -> None:
        """Add a piece."""
        self._text.append(delta.text)
        self._thinking.append(delta.thinking)
        for call in delta.calls:
            self._take_call(call)
        self.finish_word = delta.finish or self.finish_word
        self.usage = delta.usage or self.usage

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self._text)

    @property
    def finish(self) -> Finish:
        """Why it ended; whoever calls tools and says "stop" means the calls."""
        word = _FINISHES.get(self.finish_word, "stop")
        return "tool_calls" if word == "stop" and self._parts else word

    def tokens(self, prompt: int, count: Count) -> Tokens:
        """Say what it took: as the server says, else as we count."""
        if self.usage is not None:
            return self.usage
        said = ["".join(self._thinking), self.text, *("".join((part.name, *part.arguments)) for part in self._parts)]
        thinking, *rest = (count(each) for each in said)
        return Tokens(prompt, completion=thinking + sum(rest), reasoning=thinking, estimated=True)

    def calls(self, first: int) -> Iterator[ToolCall]:
        """Give the tool calls, whole; they are numbered from `first`. What the output limit cut off is left out.

        Raises:
            UnusableAnswer: Arguments are no JSON object.
        """
        for number, part in enumerate(self._parts, first):
            arguments = read_object("".join(part.arguments) or "{}")
            if arguments is not None and part.name:
                yield ToolCall(f"c{number}", part.name, arguments)
            elif self.finish != "length":
                raise UnusableAnswer(Flaw("invalid_args", part.name))

    def _take_call(self, delta: CallDelta) -> None:
        part = self._part_of(delta)
        if part is None:
            self._parts.append(_Part(delta))
        else:
            part.add(delta)

    def _part_of(self, delta: CallDelta) -> _Part | None:
        """Find the call that a part belongs to: by its index, where that is told; another id is another call."""
        if delta.index is None:
            found = self._parts[-1] if self._parts and not delta.name else None
        else:
            found = next((part for part in reversed(self._parts) if part.index == delta.index), None)
        return None if found is not None and delta.id and found.id and delta.id != found.id else found


class Joint:
    """Joins an answer to its beginning: a model that says the beginning once more is not heard twice."""

    def __init__(self, beginning: str) -> None:
        self._expected = beginning
        self._held = ""

    def add(self, text: str) -> str:
        """Give what is new of a piece of text."""
        if not self._expected:
            return text
        self._held += text
        if self._expected.startswith(self._held):
            return ""
        fresh, self._expected = self._held.removeprefix(self._expected), ""
        return fresh

    def rest(self) -> str:
        """Give what was held back at the end: a repetition that is not whole was none."""
        return "" if not self._expected or self._held == self._expected else self._held


def whole(text: str) -> str:
    """Join the halves of characters in a text; one without the other has no place in any encoding."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass").encode(errors="replace").decode()


def next_number(messages: tuple[Message, ...]) -> int:
    """Find the first number of a tool call that no message has; ours are `c1`, `c2` and so on."""
    ids = [call.id for message in messages if isinstance(message, Answered) for call in message.calls]
    ids += [message.call_id for message in messages if isinstance(message, Tool)]
    return 1 + max((int(each[1:]) for each in ids if each[:1] == "c" and each[1:].isdecimal()), default=0)


def read_object(text: str) -> dict[str, Any] | None:
    """Read a JSON object: the text as a whole, else the first balanced one in it."""
    whole = _decoded(text)
    if whole is not None:
        return whole
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        end = None if start == -1 else _end_of_object(text, start)
        found = None if end is None else _decoded(text[start:end])
        if found is not None or start == -1:
            return found
        start = text.find("{", start + 1)
    return None


def _decoded(text: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
        pack(found)  # a number that is too great for the way to other processes is none
    except (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError):
        return None
    return found


def _end_of_object(text: str, start: int) -> int | None:
    depth, quoted, escaped = 0, False, False
    for position in range(start, len(text)):
        character = text[position]
        if quoted:
            quoted, escaped = escaped or character != '"', not escaped and character == "\\"
        elif character == '"':
            quoted = True
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if not depth:
                return position + 1
    return None
