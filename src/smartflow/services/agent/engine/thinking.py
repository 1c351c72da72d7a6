"""Asking a model: its text goes out as it comes, its answer is committed before anything of it is done."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import (
    OFFLINE,
    AnswerRequest,
    Bounds,
    BudgetExceeded,
    CallPiece,
    DegradedPiece,
    Done,
    Flaw,
    Now,
    Piece,
    Role,
    Scene,
    TextPiece,
    ThinkingPiece,
    ToolCall,
    ToolSpec,
    UnusableAnswer,
    Usage,
)
from smartflow.services.agent import repository
from smartflow.services.agent.context.build import Built, Present, build
from smartflow.services.agent.context.room import Room
from smartflow.services.agent.context.size import tokens
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.claims import claims_a_change
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Job
from smartflow.services.agent.engine.musing import Muser, Musing
from smartflow.services.agent.engine.texts import CLAIM_NOTE, UNUSABLE_NOTE
from smartflow.services.agent.model import CALLS, CORRECTIONS, Limits, Phase, Think
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tool.show import too_many
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import plain, to_json
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.refusal import DeadlinePassed

_LONGEST, _PAUSE = 400, 0.04
# The side jobs alone are for the lite model: where only one model is set, it answers everything here.
_SCENES: Mapping[Phase, tuple[Scene, Role]] = {
    "route": ("route", "pro"),
    "quick_task": ("quick_task", "pro"),
    "execute": ("execute", "max"),
}


class _Heard(Struct):
    """What has come of an answer so far; `waiting` is not written yet."""

    shown: str
    joins: int | None
    began: float
    waiting: str = ""
    written_at: float = 0.0
    calls: list[ToolCall] = field(default_factory=list)
    usage: Usage = Usage()
    model: str = ""
    flaw: Flaw | None = None
    cut: bool = False

    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 3)

    def claims(self) -> bool:
        """Whether it says that something was changed; the brain speaks by template, and what it says is so."""
        return self.model != OFFLINE and claims_a_change(self.shown)


class Thinker:
    """Asks for answers and writes them down."""

    def __init__(self, hands: Hands, clock: Clock, entropy: Entropy, limits: Limits) -> None:
        self._hands = hands
        self._clock = clock
        self._entropy = entropy
        self._limits = limits
        self._muser = Muser(hands.llm, clock, entropy)
        self._specs: Sequence[tuple[str, ToolSpec]] = tuple((each.effect, each.spec()) for each in hands.instruments.values())

    async def think(self, job: Job, step: Think, state: State) -> None:
        """Ask once; ends early when the run is stopped."""
        now = self._clock.now()
        built = await self._built(job, step, state)
        heard = _Heard(step.beginning, _open_text(job.rows, job.run.id) if step.beginning else None, time.monotonic())
        request = self._request(job, step, state, built)
        call = replace(job.call, deadline=now + timedelta(seconds=max(self._limits.seconds - state.answer.seconds, 1.0)))
        musing = self._muser.begin(job, request)
        try:
            await job.unless_stopped(self._listen(job, call, heard, request, musing))
        finally:
            await musing.end()
        await self._write_text(job, heard)
        if not job.stopped.is_set():
            await self._conclude(job, heard, state, built)

    async def _listen(self, job: Job, call: Call, heard: _Heard, request: AnswerRequest, musing: Musing) -> None:
        """Hear an answer to its end; a model that is silent can be left at any moment."""
        try:
            async for piece in self._hands.llm.answer(call, request):
                await self._hear(job, heard, piece, musing)
        except UnusableAnswer as refusal:
            heard.flaw = refusal.details if isinstance(refusal.details, Flaw) else Flaw("invalid_output")
        except DeadlinePassed:
            heard.cut = True
        except BudgetExceeded as refusal:
            if refusal.retry_after is not None:
                raise
            heard.cut = True  # it is the run's own cap: the budgets hold

    async def _built(self, job: Job, step: Think, state: State) -> Built:
        recalled = await self._hands.recaller.recalled(job)
        present = Present(self._clock.now(), job.call.zone, job.call.language, recalled, state.answer.note)
        _, role = _SCENES[step.phase]
        room = Room.within(await self._hands.llm.window(job.call, role))
        offered = tokens(to_json(self._offered(step)).decode())
        return build(state.messages, present, state.summary, room, offered)

    def _request(self, job: Job, step: Think, state: State, built: Built) -> AnswerRequest:
        scene, role = _SCENES[step.phase]
        return AnswerRequest(
            request_id=self._entropy.uuid(),
            role=role,
            scene=scene,
            messages=built.messages,
            now=Now(self._clock.now(), job.call.zone),
            language=job.call.language,
            tools=self._offered(step),
            thinking=job.run.options.get("thinking", "auto"),
            bounds=Bounds(cost=self._limits.cost - state.answer.cost),
            conversation=job.run.conversation_id,
            run=job.run.id,
            beginning=step.beginning,
        )

    def _offered(self, step: Think) -> tuple[ToolSpec, ...]:
        if step.offer == "none":
            return ()
        return tuple(spec for effect, spec in self._specs if spec.name not in step.hidden and (step.offer == "all" or effect == "read"))

    async def _hear(self, job: Job, heard: _Heard, piece: Piece, musing: Musing) -> None:
        match piece:
            case TextPiece(text=text):
                musing.flows()
                heard.waiting += text
                if heard.joins is None or len(heard.waiting) >= _LONGEST or time.monotonic() - heard.written_at >= _PAUSE:
                    await self._write_text(job, heard)
            case ThinkingPiece(text=text):
                musing.add(text)
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
            if not job.spoken:
                job.spoken = True
                job.metrics.first_text.observe((written[0].created_at - job.run.created_at).total_seconds())
            heard.joins = heard.joins or (written[0].seq if written else None)
            heard.shown += part
            heard.written_at = time.monotonic()
            await asyncio.sleep(0)

    async def _conclude(self, job: Job, heard: _Heard, state: State, built: Built) -> None:
        """Write down an answer, or what was wrong with it."""
        if heard.flaw is not None:
            note = UNUSABLE_NOTE.format(where="; ".join(heard.flaw.where) or heard.flaw.reason)
            said = {"reason": heard.flaw.reason, "tool": heard.flaw.tool, "note": note, "said": heard.shown, "seconds": heard.seconds()}
            said |= {"claims": True} if heard.claims() else {}
            # Its bill is settled and not told here: what it took of the run is counted by us.
            said |= {"usage": {"prompt_tokens": built.stats.total, "completion_tokens": tokens(heard.shown)}}
            await job.write([Line("correction", said)])
            return
        await self._write_answer(job, heard, state, built)

    async def _write_answer(self, job: Job, heard: _Heard, state: State, built: Built) -> None:
        calls = [replace(call, id=f"c{state.calls + number}") for number, call in enumerate(heard.calls, start=1)]
        payload = {"content": heard.shown, "calls": plain(calls), "model": heard.model, "usage": plain(heard.usage)}
        payload |= {"seconds": heard.seconds()} | ({"cut": True} if heard.cut else {})
        payload |= {"claims": True} if calls and heard.claims() else {}
        before, after = _corrected(job, heard, state) if not calls and not heard.cut else ([], [])
        shown = [saying.tool_call(call) for call in calls[:CALLS] if self._runs_at_once(call)]
        shown += self._not_run(job, calls[CALLS:])

        async def note(unit: Unit, _: Sequence[LogRow]) -> None:
            await repository.set_conversation(unit, job.owner, job.run.conversation_id, context=plain(built.stats))

        await job.write([*before, Line("answer", payload), *after, *shown], note)

    def _not_run(self, job: Job, calls: Sequence[ToolCall]) -> list[Line]:
        """Refuse what is too much for one answer, so that its model knows."""
        for each in calls:
            job.metrics.tools.labels(each.name if each.name in self._hands.instruments else "unknown", "refused").inc()
        return [line for each in calls for line in saying.tool_result(each, too_many(CALLS, job.call.language))]

    def _runs_at_once(self, call: ToolCall) -> bool:
        instrument = self._hands.instruments.get(call.name)
        return instrument is not None and instrument.effect != "ask" and instrument.risk in {"none", "light"}


def _corrected(job: Job, heard: _Heard, state: State) -> tuple[list[Line], list[Line]]:
    """Set right what says that something was changed while nothing was, now or beside calls that changed nothing."""
    claims = heard.claims()
    if state.answer.done or not (claims or state.answer.claimed):
        return [], []
    before = [saying.set_right(job.call.language)]
    if not claims or state.answer.faults.get("claim_without_effect", 0) + 1 >= CORRECTIONS:
        return before, []  # it has heard better, or had its tries: the sentence stands as the end
    return before, [Line("correction", {"reason": "claim_without_effect", "note": CLAIM_NOTE})]


def _open_text(rows: Sequence[LogRow], run: UUID) -> int | None:
    """Give the seq of the text that a run was saying when it was cut."""
    return next((row.seq for row in reversed(rows) if row.kind == "assistant_text" and row.run == run), None)
