"""What has been said so far: the newest request, the calls made for it with their results, and what was last in hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from smartflow.services.llm.offline.results import Listed, Shown, Tasks, Written
from smartflow.shared.kernel.text import Language

_GIVEN = ("done", "refused", "blocked")


class Given(Struct):
    """A call that was made, and what it gave; an open question is answered by the message after it."""

    call: ToolCall
    result: dict[str, Any] | None = None


class Dialogue(Struct, frozen=True):
    """The request that is to be answered and what followed it; `focus` is what "it" means; `taken`: the ids of all calls.

    `listed` is what the list before it showed, in order.

    `refused` is what the person said no to right before, `titles` what things are called, by their refs; `waits`: a call
    before this request has no result yet, for the person has not said yes or no.
    """

    text: str
    language: Language
    given: tuple[Given, ...]
    focus: tuple[Shown, ...]
    taken: frozenset[str]
    refused: ToolCall | None = None
    titles: Mapping[str, str] = {}
    waits: bool = False
    listed: tuple[Shown, ...] = ()


class _Turn(Struct):
    """A request, what followed it, and whether it was answered in words."""

    request: str = ""
    given: list[Given] = []
    focus: tuple[Shown, ...] = ()
    listed: tuple[Shown, ...] = ()
    refused: ToolCall | None = None
    said: bool = False

    def settled(self) -> bool:
        """Whether it waits for words only: every call has its result."""
        return not self.said and bool(self.given) and not self.waits()

    def waits(self) -> bool:
        """Whether a call has no result yet."""
        return any((each.result or {}).get("status") not in _GIVEN for each in self.given)

    def blocked(self) -> ToolCall | None:
        """Give the last call if the person said no to it."""
        last = self.given[-1] if self.given else None
        return last.call if last is not None and (last.result or {}).get("status") == "blocked" else None


class _Folding:
    """Folds messages one by one."""

    def __init__(self) -> None:
        self.turns: list[_Turn] = [_Turn()]
        self.titles: dict[str, str] = {}
        self.recent: tuple[Shown, ...] = ()
        self.listed: tuple[Shown, ...] = ()
        self.taken: set[str] = set()
        self._answered = False
        self._fresh = True

    @property
    def turn(self) -> _Turn:
        """The newest one; once it is answered, one before it that an answer is still owed to: its yes came after an aside."""
        newest = self.turns[-1]
        return next((each for each in reversed(self.turns) if each.settled()), newest) if newest.said else newest

    @property
    def waits(self) -> bool:
        return any(each.waits() for each in self.turns[:-1])

    def add(self, message: Message) -> None:
        if isinstance(message, User):
            self._said(message.content)
        elif isinstance(message, Assistant):
            self._called(message)
        elif isinstance(message, Tool):
            self._gave(message)

    def _said(self, text: str) -> None:
        newest = self.turns[-1]
        last = newest.given[-1] if newest.given else None
        if last is not None and last.call.name == "ask_user" and last.result is None:
            last.result = {"status": "done", "value": {"reply": text}}
        elif not self._answered:
            self.turns.append(_Turn(text, focus=self.recent, listed=self.listed, refused=newest.blocked()))
        self._answered = False

    def _called(self, message: Assistant) -> None:
        self._answered, self._fresh = False, True
        self.taken.update(call.id for call in message.calls)
        self.turns[-1].given.extend(Given(call) for call in message.calls)
        self.turns[-1].said = bool(message.content.strip()) and not message.calls

    def _gave(self, message: Tool) -> None:
        given = next((each for turn in reversed(self.turns) for each in turn.given if each.call.id == message.call_id), None)
        if given is not None:
            given.result = message.result
        value = message.result.get("value")
        done = message.result.get("status") == "done"
        self._answered = message.name == "ask_user" and done and isinstance(value, dict) and "reply" in value
        if done:
            self.titles |= _titles(value)
        if done and message.name == "query_tasks":
            self.listed = _tasks(value)
        if done and message.name in {"create_task", "complete_task", "reopen_task"}:
            self.recent = _task(value) if self._fresh else self.recent + _task(value)
            self._fresh = False


def _titles(value: object) -> dict[str, str]:
    """Give what the things of a list are called."""
    try:
        found = msgspec.convert(value, Listed)
    except msgspec.ValidationError:
        return {}
    return {each.ref: each.title for each in (*found.tasks, *found.candidates)}


def _task(value: object) -> tuple[Shown, ...]:
    try:
        return (msgspec.convert(value, Written).task,)
    except msgspec.ValidationError:
        return ()


def _tasks(value: object) -> tuple[Shown, ...]:
    try:
        return msgspec.convert(value, Tasks).tasks
    except msgspec.ValidationError:
        return ()


def follow(messages: Sequence[Message], language: Language) -> Dialogue:
    """Read a dialogue from its messages, to be answered in a language."""
    folding = _Folding()
    for message in messages:
        folding.add(message)
    turn, taken = folding.turn, frozenset(folding.taken)
    return Dialogue(turn.request, language, tuple(turn.given), turn.focus, taken, turn.refused, folding.titles, folding.waits, turn.listed)
