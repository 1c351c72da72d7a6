"""What fails beside an answer does not end it."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock
from uuid import UUID

from smartflow.client.llm import ToolCall
from smartflow.services.agent.engine.acting import Actor
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.recalling import Recaller
from smartflow.services.agent.model import Call as Called
from smartflow.services.agent.tool.catalogue import INSTRUMENTS
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Unavailable


def _job() -> Any:
    job = MagicMock()
    job.stopped, job.rows, job.write = asyncio.Event(), [], AsyncMock()
    job.call = Call(owner=OwnerId(1), request_id="r", language="en", zone="UTC")
    return job


async def test_memories_that_break_are_gone_without() -> None:
    memory = MagicMock()
    memory.recall = AsyncMock(side_effect=RuntimeError)
    job, recaller = _job(), Recaller(memory)
    recaller.begin(job, "hello")
    assert await recaller.recalled(job) == ()


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
