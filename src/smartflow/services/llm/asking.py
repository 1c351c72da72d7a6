"""Asks one model until its answer is whole: tries again what may pass, goes on where it was cut, has mended what is not valid."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct

from smartflow.client.llm import AnswerRequest, CallPiece, Finish, Flaw, ObjectPiece, Piece, TextPiece, ThinkingPiece, UnusableAnswer
from smartflow.services.llm.budget import Tab
from smartflow.services.llm.model import Model, Tokens
from smartflow.services.llm.provider.ability import Abilities
from smartflow.services.llm.provider.body import Remark, body
from smartflow.services.llm.provider.breaker import Breakers
from smartflow.services.llm.provider.failure import Failure
from smartflow.services.llm.provider.heard import Delta, Heard, Joint, next_number, read_object
from smartflow.services.llm.provider.structure import complaint, flaws
from smartflow.services.llm.provider.tokens import Counter
from smartflow.services.llm.provider.wire import Wire
from smartflow.services.llm.settings import PatienceSettings
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy

T = TypeVar("T")
TRIES = 3
CUTS = 1
LONGEST_WAIT = 20.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_PORTION = 256


class Means(Struct, frozen=True):
    """What models are asked with. `pause` lets seconds pass."""

    wire: Wire
    abilities: Abilities
    breakers: Breakers
    counter: Counter
    clock: Clock
    entropy: Entropy
    patience: PatienceSettings
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Making:
    """One answer in the making: what is wanted and until when, what of it is shown already, and its bill."""

    def __init__(self, request: AnswerRequest, tab: Tab, deadline: datetime | None) -> None:
        self.request = request
        self.tab = tab
        self.deadline = deadline
        self.shown = request.beginning
        self.finish: Finish = "stop"
        self.remark: Remark | None = None


class _Begun(NamedTuple):
    first: Delta
    rest: AsyncGenerator[Delta, None]
    prompt: int


class _Unfit(Exception):  # noqa: N818 - has mended what can be mended
    def __init__(self, said: str, where: tuple[str, ...]) -> None:
        super().__init__(where)
        self.said = said
        self.where = where


class Asking:
    """Asks models, one at a time."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._ready = False

    def new_id(self) -> UUID:
        """Name what nobody has named yet."""
        return self._means.entropy.uuid()

    async def ready(self) -> None:
        """Load what asking needs; that takes a second, once, and does not hold up the event loop."""
        if not self._ready:
            await asyncio.gather(self._means.wire.load(), self._means.counter.load())
            self._ready = True

    async def close(self) -> None:
        """Let go of all connections."""
        await self._means.wire.close()

    async def ask(self, model: Model, making: Making) -> AsyncGenerator[Piece, None]:
        """Give the pieces of a whole answer, but for its end.

        Raises:
            Failure: The model does not answer, or breaks off once too often.
            UnusableAnswer: What it says cannot be made valid.
            BudgetExceeded: The budgets do not cover the next call.
        """
        await self.ready()
        cuts = 0
        while True:
            try:
                async with aclosing(self._once(model, making)) as pieces:
                    async for piece in pieces:
                        yield piece
            except Failure as failure:
                if not failure.begun or cuts == CUTS:
                    raise
                cuts += 1
            except _Unfit as unfit:
                if making.remark is not None:
                    raise UnusableAnswer(Flaw("invalid_output", where=unfit.where)) from None
                making.remark = Remark(unfit.said, complaint(unfit.where))
            else:
                return

    async def embed(self, model: Model, texts: Sequence[str], tab: Tab, deadline: datetime | None) -> list[list[float]]:
        """Give the vectors of texts.

        Raises:
            Failure: The model does not answer.
            BudgetExceeded: The budgets do not cover it.
        """
        await self.ready()
        found: list[list[float]] = []
        for start in range(0, len(texts), _PORTION):
            portion = texts[start : start + _PORTION]
            counted = sum(self._means.counter.count(text) for text in portion)
            await tab.cover(model, counted, 0)
            vectors, told = await self._tried(model, deadline, partial(self._means.wire.embed, model, portion))
            self._means.breakers.note(model.place)
            tab.book(model, Tokens(told or counted, estimated=not told))
            found += vectors
        return found

    async def _once(self, model: Model, making: Making) -> AsyncGenerator[Piece, None]:
        begun = await self._tried(model, making.deadline, partial(self._begin, model, making))
        heard = Heard()
        joint = Joint("" if making.request.output_schema is not None else making.shown)
        try:
            async with aclosing(_deltas(begun)) as deltas:
                async for delta in deltas:
                    heard.take(delta)
                    for piece in _said(delta, making, joint):
                        yield piece
        except Failure as failure:
            self._means.breakers.note(model.place, failure)
            raise
        finally:
            making.tab.book(model, heard.tokens(begun.prompt, self._means.counter.count))
        self._means.breakers.note(model.place)
        for piece in _ending(heard, making, joint):
            yield piece

    async def _begin(self, model: Model, making: Making) -> _Begun:
        """Send the request, in a form that the server takes, and wait for the first piece."""
        while True:
            ability = self._means.abilities.of(model.place)
            sent = body(model.at.model, making.request, ability, shown=making.shown, remark=making.remark)
            prompt = self._means.counter.prompt(sent)
            output = model.room(prompt, making.request.bounds.output_tokens)
            await making.tab.cover(model, prompt, output)
            sent[ability.limit] = output
            try:
                return await self._first(model, making, sent, prompt)
            except Failure as failure:
                if not self._means.abilities.learn(model.place, ability, sent, failure):
                    raise

    async def _first(self, model: Model, making: Making, sent: dict[str, object], prompt: int) -> _Begun:
        patience = self._means.patience
        rest = self._means.wire.stream(model, sent, patience.first_lite if making.request.role == "lite" else patience.first)
        try:
            return _Begun(await anext(rest), rest, prompt)
        except BaseException as error:
            # A model that nobody waits for any more was at work all the same.
            if not isinstance(error, Failure) or error.worked:
                making.tab.book(model, Tokens(prompt, estimated=True))
            raise

    async def _tried(self, model: Model, deadline: datetime | None, attempt: Callable[[], Awaitable[T]]) -> T:
        tries = 0
        while True:
            tries += 1
            self._means.breakers.enter(model.place)
            try:
                return await attempt()
            except Failure as failure:
                self._means.breakers.note(model.place, failure)
                wait = self._wait(failure, tries, deadline)
                if wait is None:
                    raise
            await self._means.pause(wait)

    def _wait(self, failure: Failure, tries: int, deadline: datetime | None) -> float | None:
        """Say how long to wait before the next try; None: there is none."""
        if not failure.may_pass or tries == TRIES:
            return None
        longest = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2.0**tries)
        wait = self._means.entropy.fraction() * longest if failure.wait is None else failure.wait
        late = deadline is not None and self._means.clock.now() + timedelta(seconds=wait) >= deadline
        return None if late or wait > LONGEST_WAIT else wait


async def _deltas(begun: _Begun) -> AsyncGenerator[Delta, None]:
    async with aclosing(begun.rest) as rest:
        yield begun.first
        async for delta in rest:
            yield delta


def _said(delta: Delta, making: Making, joint: Joint) -> list[Piece]:
    """Say what of a piece is to be told at once: thoughts, and text that is no part of an object."""
    found: list[Piece] = [ThinkingPiece(delta.thinking)] if delta.thinking else []
    text = "" if making.request.output_schema is not None else joint.add(delta.text)
    return [*found, *_shown(text, making)]


def _shown(text: str, making: Making) -> list[Piece]:
    making.shown += text
    return [TextPiece(text)] if text else []


def _ending(heard: Heard, making: Making, joint: Joint) -> list[Piece]:
    """Say what is told only of a whole answer: the rest of its text, its calls, its object.

    Raises:
        UnusableAnswer: Arguments of a call are no object, or the output limit cut the object off.
        _Unfit: The object is not what was asked for.
    """
    making.finish = heard.finish
    calls: list[Piece] = [CallPiece(call) for call in heard.calls(next_number(making.request.messages))]
    schema = making.request.output_schema
    if schema is None:
        return [*_shown(joint.rest(), making), *calls]
    if calls:
        return calls
    value = read_object(heard.text)
    where = flaws(value, schema)
    if not where and value is not None:
        return [ObjectPiece(value)]
    if heard.finish == "length":
        raise UnusableAnswer(Flaw("invalid_output", where=("too long",)))
    raise _Unfit(heard.text, where)
