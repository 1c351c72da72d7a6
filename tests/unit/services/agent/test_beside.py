"""What fails beside an answer does not end it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock
from uuid import UUID

import pytest

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import AnswerRequest, Now, ToolCall, User
from smartflow.services.agent.engine import musing
from smartflow.services.agent.engine.acting import Actor
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.musing import Muser
from smartflow.services.agent.engine.recalling import Recaller
from smartflow.services.agent.engine.titling import Titler
from smartflow.services.agent.model import Call as Called
from smartflow.services.agent.model import Result
from smartflow.services.agent.tool.arguments import QueryTasks
from smartflow.services.agent.tool.catalogue import INSTRUMENTS
from smartflow.services.agent.tool.tool import Instrument
from smartflow.shared.database.lease import LeaseLost
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Unavailable
from tests.kit.ports import MONDAY, SeededEntropy


def _job() -> Any:
    job = MagicMock()
    job.stopped, job.rows, job.write = asyncio.Event(), [], AsyncMock()
    job.call = Call(owner=OwnerId(1), request_id="r", language="en", zone="UTC")
    return job


async def _breaks(*_: Any) -> AsyncIterator[Any]:
    raise RuntimeError("the words of a person")
    yield


def _told(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """List what was logged: of a task whose error nobody heard, too."""
    gc.collect()
    return [record.msg for record in caplog.records]


async def test_memories_that_break_are_gone_without() -> None:
    memory = MagicMock()
    memory.recall = AsyncMock(side_effect=RuntimeError)
    job, recaller = _job(), Recaller(memory)
    recaller.begin(job, "hello")
    assert await recaller.recalled(job) == ()


class Room:
    """Tools that are told when they may go on, and what went on in them."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.most = 0
        self.left: list[str] = []
        self.free: dict[str, asyncio.Event] = {}

    def tool(self, name: str, effect: Any) -> Instrument:
        async def run(scene: Any, wanted: Any) -> Result:
            del scene, wanted
            self.inside.append(name)
            self.most = max(self.most, len(self.inside))
            try:
                await self.free.setdefault(name, asyncio.Event()).wait()
            finally:
                self.inside.remove(name)
                self.left.append(name)
            return Result(status="done", value={}, content=name, title=name)

        return Instrument(name, QueryTasks, effect, "none", run)

    def open(self, *names: str) -> None:
        for name in names:
            self.free.setdefault(name, asyncio.Event()).set()

    def act(self, job: Any, **effects: str) -> "asyncio.Task[None]":
        """Have one answer call these tools."""
        hands, clock = MagicMock(), MagicMock()
        hands.instruments = {name: self.tool(name, effect) for name, effect in effects.items()}
        hands.timetable.term = AsyncMock()
        clock.now.return_value = datetime(2026, 11, 23, tzinfo=UTC)
        called = tuple(Called(UUID(int=1), ToolCall(f"c{number}", name, {})) for number, name in enumerate(effects, 1))
        return asyncio.ensure_future(Actor(hands, clock).act(job, called, State()))


def _given(job: Any) -> list[str]:
    rows = [line for call in job.write.await_args_list for line in call.args[0]]
    return [line.payload["name"] for line in rows if line.kind == "result"]


async def _calm() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_looks_of_one_answer_run_together_four_at_a_time_and_their_results_keep_the_order() -> None:
    room, job = Room(), _job()
    acting = room.act(job, **dict.fromkeys("abcdef", "read"))
    await _calm()
    assert room.inside == ["a", "b", "c", "d"]

    room.open("d", "c", "b", "e")
    await _calm()
    assert (room.inside, _given(job)) == (["a", "f"], [])
    room.open("a", "f")
    await acting

    assert (room.most, _given(job)) == (4, ["a", "b", "c", "d", "e", "f"])


async def test_a_change_waits_for_the_looks_before_it_and_the_looks_after_it_for_the_change() -> None:
    room, job = Room(), _job()
    acting = room.act(job, a="read", b="commit", c="commit", d="read", e="read")
    seen = []
    for name in ("a", "b", "c"):
        await _calm()
        seen.append([*room.inside])
        room.open(name)
    await _calm()
    seen.append([*room.inside])
    room.open("d", "e")
    await acting

    assert seen == [["a"], ["b"], ["c"], ["d", "e"]]
    assert _given(job) == ["a", "b", "c", "d", "e"]


async def test_an_answer_that_is_stopped_leaves_its_looks_and_does_nothing_more() -> None:
    room, job = Room(), _job()
    acting = room.act(job, a="read", b="read", c="read", d="commit")
    room.open("a")
    await _calm()

    job.stopped.set()
    await acting

    assert (_given(job), room.inside, sorted(room.left)) == (["a"], [], ["a", "b", "c"])


async def test_an_answer_that_cannot_be_written_any_more_leaves_its_looks() -> None:
    room, job = Room(), _job()
    acting = room.act(job, a="read", b="read")
    await _calm()
    job.write.side_effect = LeaseLost

    room.open("a")

    with pytest.raises(LeaseLost):
        await acting
    assert sorted(room.left) == ["a", "b"]


async def test_a_look_that_is_refused_is_a_result() -> None:
    hands = MagicMock()
    hands.instruments = INSTRUMENTS
    hands.timetable.term = AsyncMock()
    hands.tasks.find = AsyncMock(side_effect=Unavailable)
    clock = MagicMock()
    clock.now.return_value = datetime(2026, 11, 23, tzinfo=UTC)
    job = _job()
    await Actor(hands, clock).act(job, (Called(UUID(int=1), ToolCall("c1", "query_tasks", {})),), State())
    lines = cast("list[Any]", job.write.await_args.args[0])
    assert lines[0].payload["result"]["status"] == "refused"


async def test_reasoning_that_cannot_be_summed_up_is_gone_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(musing, "_PAUSE", 0.0)
    llm, job = MagicMock(), _job()
    llm.answer, job.run.id = _breaks, UUID(int=1)
    request = AnswerRequest(request_id=UUID(int=3), role="pro", scene="route", messages=(User("hello"),), now=Now(MONDAY, "UTC"))
    with caplog.at_level(logging.WARNING):
        listening = Muser(llm, MagicMock(), SeededEntropy(1)).begin(job, request)
        listening.add("which of the days has room? " * 10)
        await asyncio.sleep(0.01)
        await listening.end()
        del listening

    assert _told(caplog) == [{"event": "agent.musing_failed", "run_id": str(UUID(int=1)), "why": "RuntimeError"}]


async def test_a_title_that_cannot_be_made_leaves_the_first_words(caplog: pytest.LogCaptureFixture) -> None:
    llm, clock, job = MagicMock(), MagicMock(), _job()
    llm.answer, clock.now.return_value = _breaks, MONDAY
    job.run.id, job.run.conversation_id = UUID(int=1), UUID(int=2)
    job.rows = [LogRow(UUID(int=2), UUID(int=1), 1, "user_text", {"text": "hello"}, MONDAY)]
    titler = Titler(MagicMock(), llm, clock, SeededEntropy(1))
    with caplog.at_level(logging.WARNING):
        titler.begin(job)
        await asyncio.sleep(0.01)
        await titler.settle()
        del titler

    assert _told(caplog) == [{"event": "agent.titling_failed", "run_id": str(UUID(int=1)), "why": "RuntimeError"}]
