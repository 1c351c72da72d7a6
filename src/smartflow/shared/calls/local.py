"""A service as callers in its own process see it: never the object itself, always this form of a client."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from functools import partial
from typing import Any, TypeVar, cast

from msgspec import Struct

from smartflow.shared.calls.contract import Contract, Method
from smartflow.shared.calls.limit import seconds_left, within
from smartflow.shared.calls.refused import from_bytes, to_bytes
from smartflow.shared.calls.replay import note
from smartflow.shared.database.effects import Replay
from smartflow.shared.database.engine import Rerun
from smartflow.shared.database.guard import nothing_open
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import from_json, pack
from smartflow.shared.kernel.refusal import Refusal, Unavailable
from smartflow.shared.kernel.trace import span

T = TypeVar("T")
RERUNS = 3
_OVER = object()


class _Rules(Struct, frozen=True):
    clock: Clock
    strict: bool
    guard: Callable[[], None]


def local(contract: Contract[T], service: T, *, clock: Clock, strict: bool = False, guard: Callable[[], None] = nothing_open) -> T:
    """Give a service its local form: guard, span, deadline, replay and re-run around every method of its Protocol.

    `strict` sends every argument, answer and refusal through the codec, so that what works here works over the wire.
    """
    rules = _Rules(clock, strict, guard)
    forms = {name: staticmethod(_form(method, getattr(service, name), rules)) for name, method in contract.methods.items()}
    return cast("T", type(f"Local{contract.name}", (), forms)())


def _form(method: Method, function: Callable[..., Any], rules: _Rules) -> Callable[..., Any]:
    if method.streams:
        return _stream_form(method, function, rules)

    async def form(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the Protocol types it for its callers
        rules.guard()
        call = method.call_of(args, kwargs)
        with span(method.full_name):
            async with within(seconds_left(call, rules.clock)):
                if not rules.strict:
                    return await _answer(method, call, partial(function, *args, **kwargs))
                sent = method.decode(method.encode(args, kwargs))
                with _crossing():
                    answer = await _answer(method, call, partial(function, **sent))
                return method.read_answer(pack(answer))

    return form


async def _answer(method: Method, call: Call | None, run: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - as hinted
    try:
        answer = await run_again(run)
    except Replay as replay:
        note(call, replayed=True)
        return from_json(replay.stored, method.answer)
    note(call, replayed=False)
    return answer


async def run_again(run: Callable[[], Awaitable[T]]) -> T:
    """Run something anew as often as its transaction loses against another one, within reason.

    Raises:
        Unavailable: It keeps losing.
    """
    for _ in range(RERUNS):
        with suppress(Rerun):  # nothing was committed, so the whole method may run again
            return await run()
    try:
        return await run()
    except Rerun as error:
        raise Unavailable from error


@contextmanager
def _crossing() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise from_bytes(to_bytes(refusal)) from refusal


def _stream_form(method: Method, function: Callable[..., AsyncIterator[Any]], rules: _Rules) -> Callable[..., AsyncIterator[Any]]:
    def form(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - the Protocol types it for its callers
        rules.guard()
        call = method.call_of(args, kwargs)
        if not rules.strict:
            return _pieces(partial(function, *args, **kwargs), call, rules)
        sent = method.decode(method.encode(args, kwargs))
        return _copies(method, _pieces(partial(function, **sent), call, rules))

    return form


async def _pieces(start: Callable[[], AsyncIterator[Any]], call: Call | None, rules: _Rules) -> AsyncGenerator[Any, None]:
    stream = start()
    try:
        while True:
            async with within(seconds_left(call, rules.clock)):
                piece = await anext(stream, _OVER)
            if piece is _OVER:
                return
            yield piece
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def _copies(method: Method, stream: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    with _crossing():
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                yield method.read_answer(pack(piece))
