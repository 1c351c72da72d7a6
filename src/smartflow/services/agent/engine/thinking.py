"""Asking a model: its text goes out as it comes, its answer is committed before anything of it is done."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import (
    AnswerRequest,
    CallPiece,
    DegradedPiece,
    Done,
    LlmClient,
    Now,
    Piece,
    TextPiece,
    ToolCall,
    ToolSpec,
    Usage,
)
from smartflow.services.agent import repository
from smartflow.services.agent.context.build import Built, build
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.job import Job
from smartflow.services.agent.model import CALLS, Think
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tool.tool import Instrument
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.ids import Entropy

_LONGEST, _PAUSE = 400, 0.04


class _Heard(Struct):
    """What has come of an answer so far; `waiting` is not written yet."""

    shown: str
    joins: int | None
    waiting: str = ""
    written_at: float = 0.0
    calls: list[ToolCall] = []
    usage: Usage = Usage()
    model: str = ""


class Thinker:
    """Asks for answers and writes them down."""

    def __init__(self, llm: LlmClient, clock: Clock, entropy: Entropy, instruments: Mapping[str, Instrument]) -> None:
        self._llm = llm
        self._clock = clock
        self._entropy = entropy
        self._specs: dict[bool, tuple[ToolSpec, ...]] = {
            only: tuple(each.spec() for each in instruments.values() if not only or each.effect == "read") for only in (False, True)
        }

    def used(self, job: Job) -> Usage:
        """Give what a run has taken so far, by its log."""
        total = Usage()
        for row in job.rows:
            if row.kind == "answer" and row.run == job.run.id:
                used = row.payload["usage"]
                total = replace(
                    total,
                    prompt_tokens=total.prompt_tokens + used["prompt_tokens"],
                    completion_tokens=total.completion_tokens + used["completion_tokens"],
                )
        return total

    async def think(self, job: Job, step: Think, state: State) -> None:
        """Ask once; ends early when the run is cancelled."""
        now = self._clock.now()
        built = build(state.messages, now, job.call.zone, job.call.language)
        heard = _Heard(step.beginning, _open_text(job.rows, job.run.id) if step.beginning else None)
        hearing = asyncio.ensure_future(self._listen(job, heard, self._request(job, step, built)))
        stopping = asyncio.ensure_future(job.cancelled.wait())
        try:
            await asyncio.wait((hearing, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not hearing.done():
                hearing.cancel()
                await asyncio.wait((hearing,))
        if not hearing.cancelled():
            hearing.result()
        await self._write_text(job, heard)
        if not job.cancelled.is_set():
            await self._write_answer(job, heard, state, built)

    async def _listen(self, job: Job, heard: _Heard, request: AnswerRequest) -> None:
        """Hear an answer to its end; a model that is silent can be left at any moment."""
        async for piece in self._llm.answer(job.call, request):
            await self._hear(job, heard, piece)

    def _request(self, job: Job, step: Think, built: Built) -> AnswerRequest:
        return AnswerRequest(
            request_id=self._entropy.uuid(),
            role="pro",
            scene=step.scene,
            messages=built.messages,
            now=Now(self._clock.now(), job.call.zone),
            tools=self._specs[step.reads_only],
            thinking=job.run.options.get("thinking", "auto"),
            conversation=job.run.conversation_id,
            run=job.run.id,
            beginning=step.beginning,
        )

    async def _hear(self, job: Job, heard: _Heard, piece: Piece) -> None:
        match piece:
            case TextPiece(text=text):
                heard.waiting += text
                if heard.joins is None or len(heard.waiting) >= _LONGEST or time.monotonic() - heard.written_at >= _PAUSE:
                    await self._write_text(job, heard)
            case CallPiece(call=call):
                heard.calls.append(call)
            case DegradedPiece(role=role):
                await job.write([saying.status("model_degraded", str(role))])
            case Done(usage=usage, model=model):
                heard.usage, heard.model = usage, model
            case _:
                pass

    async def _write_text(self, job: Job, heard: _Heard) -> None:
        while heard.waiting:
            part, heard.waiting = heard.waiting[:_LONGEST], heard.waiting[_LONGEST:]
            written = await job.write([saying.text(part, heard.joins)])
            heard.joins = heard.joins or (written[0].seq if written else None)
            heard.shown += part
            heard.written_at = time.monotonic()
            await asyncio.sleep(0)

    async def _write_answer(self, job: Job, heard: _Heard, state: State, built: Built) -> None:
        calls = [replace(call, id=f"c{state.calls + number}") for number, call in enumerate(heard.calls[:CALLS], start=1)]
        payload = {"content": heard.shown, "calls": plain(calls), "model": heard.model, "usage": plain(heard.usage)}
        shown = [saying.tool_call(call) for call in calls if call.name != "ask_user"]

        async def note(unit: Unit, _: Sequence[LogRow]) -> None:
            await repository.set_conversation(unit, job.owner, job.run.conversation_id, context=plain(built.stats))

        await job.write([Line("answer", payload), *shown], note)


def _open_text(rows: Sequence[LogRow], run: UUID) -> int | None:
    """Give the seq of the text that a run was saying when it was cut."""
    return next((row.seq for row in reversed(rows) if row.kind == "assistant_text" and row.run == run), None)
