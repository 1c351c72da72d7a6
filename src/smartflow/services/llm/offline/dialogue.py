"""What has been said so far: the newest request, the calls made for it with their results, and what was last in hand."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from smartflow.services.llm.offline.reading import language_of
from smartflow.services.llm.offline.results import Shown, Written
from smartflow.shared.kernel.text import Language


class Given(Struct):
    """A call that was made, and what it gave; an open question is answered by the message after it."""

    call: ToolCall
    result: dict[str, Any] | None = None


class Dialogue(Struct, frozen=True):
    """The newest request and what followed; `focus` is what "it" means; `calls` counts all calls so far."""

    text: str
    language: Language
    given: tuple[Given, ...]
    focus: tuple[Shown, ...]
    taken: frozenset[str]


class _Folding:
    """Folds messages one by one."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.request = ""
        self.given: list[Given] = []
        self.focus: tuple[Shown, ...] = ()
        self.recent: tuple[Shown, ...] = ()
        self.taken: set[str] = set()
        self._answered = False
        self._fresh = True

    def add(self, message: Message) -> None:
        if isinstance(message, User):
            self._said(message.content)
        elif isinstance(message, Assistant):
            self._called(message)
        elif isinstance(message, Tool):
            self._gave(message)

    def _said(self, text: str) -> None:
        self.texts.insert(0, text)
        last = self.given[-1] if self.given else None
        if last is not None and last.call.name == "ask_user" and last.result is None:
            last.result = {"status": "done", "value": {"reply": text}}
        elif not self._answered:
            self.request, self.given, self.focus = text, [], self.recent
        self._answered = False

    def _called(self, message: Assistant) -> None:
        self._answered, self._fresh = False, True
        self.taken.update(call.id for call in message.calls)
        self.given.extend(Given(call) for call in message.calls)

    def _gave(self, message: Tool) -> None:
        for given in reversed(self.given):
            if given.call.id == message.call_id:
                given.result = message.result
                break
        value = message.result.get("value")
        done = message.result.get("status") == "done"
        self._answered = message.name == "ask_user" and done and isinstance(value, dict) and "reply" in value
        if done and message.name in {"create_task", "complete_task", "reopen_task"}:
            self.recent = _task(value) if self._fresh else self.recent + _task(value)
            self._fresh = False


def _task(value: object) -> tuple[Shown, ...]:
    try:
        return (msgspec.convert(value, Written).task,)
    except msgspec.ValidationError:
        return ()


def follow(messages: Sequence[Message]) -> Dialogue:
    """Read a dialogue from its messages."""
    folding = _Folding()
    for message in messages:
        folding.add(message)
    return Dialogue(folding.request, language_of(folding.texts), tuple(folding.given), folding.focus, frozenset(folding.taken))
