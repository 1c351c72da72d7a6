"""What is summed up of a long talk: without a model the newest stays, and whatever goes wrong the answer is not touched."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.agent.log import LogRow
from smartflow.services.agent.engine import compacting
from smartflow.services.agent.engine.compacting import Compactor, extract
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.job import Job
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.ports import SeededEntropy

MOST = 6_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def said(pos: int, text: str) -> LogRow:
    return LogRow(UUID(int=1), UUID(int=2), pos, "user_text", {"text": text}, NOW)


@pytest.mark.parametrize("word", ["of old times ", "从前的事"])
def test_a_long_summary_in_one_line_keeps_its_end(word: str) -> None:
    summary = word * 2_000 + "the essay is due on Friday"

    text = extract(summary, [said(1, "and the lab report on Monday")])

    assert len(text) <= MOST
    assert text.startswith((".. of ", ".. old ", ".. times ") if " " in word else ".. ")
    assert text.endswith("the essay is due on Friday\n> and the lab report on Monday")


def test_what_was_summed_up_before_is_not_lost_to_a_flood_of_words() -> None:
    text = extract("Decided: no essays on Sundays.", [said(pos, f"page {pos} " * 40) for pos in range(200)])

    assert text.startswith("Decided: no essays on Sundays.\n> page")
    assert "> page 199" in text
    assert "> page 0 " not in text


@given(st.text(max_size=9_000), st.lists(st.text(max_size=400), max_size=80))
def test_a_summary_without_a_model_is_never_longer_than_it_may_be(summary: str, words: list[str]) -> None:
    assert len(extract(summary, [said(pos, each) for pos, each in enumerate(words)])) <= MOST


async def test_whatever_breaks_while_a_model_sums_up_the_rows_are_summed_up_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "FROM", 1)
    monkeypatch.setattr(compacting, "TO", 0)

    async def breaks(*_: Any) -> AsyncIterator[Any]:
        raise RuntimeError
        yield

    llm, clock, job = MagicMock(), MagicMock(), MagicMock()
    llm.answer, llm.window, clock.now.return_value = breaks, AsyncMock(return_value=None), NOW
    job.stopped, job.rows, job.write = asyncio.Event(), [said(1, "the essay is due on Friday")], AsyncMock()
    job.run.id, job.run.conversation_id = UUID(int=2), UUID(int=1)
    job.call = Call(owner=OwnerId(1), request_id="r", language="en", zone="UTC")
    job.unless_stopped = lambda work: Job.unless_stopped(job, work)

    await Compactor(llm, clock, SeededEntropy(1)).compact(job, State())

    lines = cast("list[Any]", job.write.await_args.args[0])
    assert lines[0].payload["text"] == "> the essay is due on Friday"
