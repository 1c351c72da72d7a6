"""What every form of a client keeps: local, local through the codec, and over a socket."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.task import TaskNotFound
from smartflow.gateway.server import bound, bound_locally, server, started
from smartflow.shared.calls.connect import Peer, connect
from smartflow.shared.calls.contract import Contract
from smartflow.shared.calls.local import local
from smartflow.shared.calls.serve import CallServer
from smartflow.shared.database import guard
from smartflow.shared.kernel.call import REPLAYS, Call, Replays
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import DeadlinePassed, FieldError, InvalidInput, Unavailable
from tests.contract.calls.library import Library, LibraryClient, Loan
from tests.kit.ports import MONDAY, ManualClock

BOOK = UUID(int=1)
PATIENCE = 10
_OWNERS = itertools.count(1)


class Form(Struct):
    """One form of the library's client, and the library behind it."""

    name: str
    client: LibraryClient
    library: Library


@pytest.fixture(params=["local", "strict", "socket", "tcp"], scope="module")
async def form(request: pytest.FixtureRequest) -> AsyncIterator[Form]:
    library, clock, contract = Library(), ManualClock(), Contract(LibraryClient)
    near = local(contract, library, clock=clock, strict=request.param == "strict")
    if request.param in {"local", "strict"}:
        yield Form(request.param, near, library)
        return
    async with _served(contract, near, over=request.param) as address:
        peer = Peer(address, clock)
        yield Form(request.param, connect(contract, peer), library)
        await peer.close()


@asynccontextmanager
async def _served(contract: Contract[LibraryClient], near: LibraryClient, *, over: str) -> AsyncIterator[str]:
    app = CallServer(ManualClock())
    app.add(contract, near)
    serving = server(app)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.sock"
        listening = bound_locally(path) if over == "socket" else bound("127.0.0.1", 0)
        address = f"unix:{path}" if over == "socket" else f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = asyncio.create_task(serving.serve([listening]))
        await started(serving)
        yield address
        serving.should_exit = True
        await running


@pytest.fixture
def call() -> Call:
    return Call(owner=OwnerId(next(_OWNERS)), request_id="r-1")


async def test_arguments_and_answers_arrive_as_they_were(form: Form, call: Call) -> None:
    due = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)

    assert await form.client.lend(call, BOOK, due=due, titles=["概率论", "b"]) == Loan(call.owner, BOOK, due, ("概率论", "b"))


async def test_what_is_not_said_takes_its_default(form: Form, call: Call) -> None:
    assert await form.client.lend(call, book=BOOK) == Loan(call.owner, BOOK)


async def test_a_method_may_do_without_a_call(form: Form) -> None:
    assert await form.client.version() == "1"


async def test_a_refusal_is_the_class_that_was_raised_with_all_that_it_carries(form: Form, call: Call) -> None:
    with pytest.raises(TaskNotFound) as refused:
        await form.client.refuse(call, "unknown")

    assert plain(refused.value.details) == {"task_id": 7, "near": ["a", "b"]}
    assert refused.value.facts == {"task": "Lab report", "left": 3}
    assert refused.value.retry_after is None


async def test_a_refusal_says_when_to_try_again(form: Form, call: Call) -> None:
    with pytest.raises(Unavailable) as refused:
        await form.client.refuse(call, "busy")

    assert refused.value.retry_after == 7


async def test_broken_rules_arrive_one_by_one(form: Form, call: Call) -> None:
    with pytest.raises(InvalidInput) as refused:
        await form.client.refuse(call, "input")

    assert refused.value.errors == (
        FieldError("items[2].order", "max", facts={"most": 12}),
        FieldError("name", "required"),
    )


async def test_a_deadline_that_has_passed_stops_a_call_before_it_begins(form: Form, call: Call) -> None:
    with pytest.raises(DeadlinePassed):
        await form.client.hang(replace(call, deadline=MONDAY))

    assert not form.library.passings[call.owner].begun.is_set()


async def test_a_deadline_stops_the_work(form: Form, call: Call) -> None:
    with pytest.raises(DeadlinePassed):
        await form.client.hang(replace(call, deadline=MONDAY + timedelta(milliseconds=200)))

    await _soon(form.library.passings[call.owner].stopped.wait())


async def test_a_deadline_is_known_where_the_work_is_done(form: Form, call: Call) -> None:
    found = await form.client.deadline(replace(call, deadline=MONDAY + timedelta(minutes=1)))

    assert found == MONDAY + timedelta(minutes=1)


async def test_a_caller_that_goes_away_stops_the_work(form: Form, call: Call) -> None:
    calling = asyncio.ensure_future(form.client.hang(call))
    await _soon(form.library.passings[call.owner].begun.wait())

    calling.cancel()

    await _soon(form.library.passings[call.owner].stopped.wait())


async def test_a_repeat_gets_the_stored_answer_and_is_noted_as_one(form: Form, call: Call) -> None:
    keyed = replace(call, key="k", fingerprint="f")

    first, first_noted = await _noted(form, keyed)
    second, second_noted = await _noted(form, keyed)

    assert first == second == Loan(call.owner, BOOK)
    assert (first_noted.whole(), second_noted.whole()) == (False, True)


async def test_a_call_without_a_key_is_not_noted(form: Form, call: Call) -> None:
    replays = Replays()
    token = REPLAYS.set(replays)
    await form.client.lend(call, BOOK)
    replays.record(replayed=True)
    REPLAYS.reset(token)

    assert replays.whole()


async def test_a_method_that_lost_against_another_runs_again(form: Form, call: Call) -> None:
    assert await form.client.contend(call, 3) == 4


async def test_a_method_that_keeps_losing_is_refused_for_now(form: Form, call: Call) -> None:
    with pytest.raises(Unavailable):
        await form.client.contend(call, 4)


async def test_a_stream_arrives_piece_by_piece_and_ends(form: Form, call: Call) -> None:
    pieces = [piece async for piece in form.client.shelves(call, 300)]

    assert [piece.book.int for piece in pieces] == list(range(300))


async def test_a_refusal_within_a_stream_comes_after_its_pieces(form: Form, call: Call) -> None:
    seen: list[Loan] = []

    with pytest.raises(TaskNotFound):
        async for piece in form.client.shelves(call, 2, "refused"):
            seen.append(piece)

    assert len(seen) == 2


async def test_a_reader_that_leaves_a_stream_stops_it(form: Form, call: Call) -> None:
    async with aclosing(_generator(form.client.shelves(call, 1, "never"))) as stream:
        await anext(stream)

    await _soon(form.library.passings[call.owner].stopped.wait())


async def test_a_deadline_ends_a_stream_that_has_nothing_to_say(form: Form, call: Call) -> None:
    stream = form.client.shelves(replace(call, deadline=MONDAY + timedelta(milliseconds=200)), 1, "never")

    with pytest.raises(DeadlinePassed):
        _ = [piece async for piece in stream]

    await _soon(form.library.passings[call.owner].stopped.wait())


async def test_many_calls_at_once_get_their_own_answers(form: Form, call: Call) -> None:
    books = [UUID(int=number) for number in range(100)]

    loans = await asyncio.gather(*(form.client.lend(call, book) for book in books))

    assert [loan.book for loan in loans] == books


async def test_an_inner_failure_reaches_the_caller_as_a_failure(form: Form, call: Call) -> None:
    with pytest.raises(Exception) as failed:
        await form.client.fail(call, "Ming's password")

    remote = form.name in {"socket", "tcp"}
    assert ("Ming" in f"{failed.value!r}{failed.value.__cause__!r}") is not remote


async def test_a_stream_that_fails_is_no_stream_that_ended(form: Form, call: Call) -> None:
    with pytest.raises(Exception):  # noqa: B017 - which one is the form's business
        _ = [piece async for piece in form.client.shelves(call, 1, "failed")]


async def test_nobody_is_asked_while_a_unit_is_open(form: Form, call: Call) -> None:
    token = guard.opened("unit")
    try:
        with pytest.raises(RuntimeError):
            await form.client.version()
        with pytest.raises(RuntimeError):
            form.client.shelves(call, 1)
    finally:
        guard.closed(token)


async def _noted(form: Form, call: Call) -> tuple[Loan, Replays]:
    replays = Replays()
    token = REPLAYS.set(replays)
    try:
        return await form.client.once(call, BOOK), replays
    finally:
        REPLAYS.reset(token)


async def _soon(waiting: Any) -> None:
    await asyncio.wait_for(waiting, PATIENCE)


def _generator(stream: AsyncIterator[Loan]) -> Any:
    return stream
