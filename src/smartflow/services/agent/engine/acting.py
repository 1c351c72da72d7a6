"""Running tools: each effect under a key made of the run that proposed it and the call's id, each result a row."""

from collections.abc import Mapping
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from smartflow.services.agent.engine import saying, texts
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Job
from smartflow.services.agent.engine.together import in_order
from smartflow.services.agent.model import Act, Answered, Block, Call, Effect, Refuse, Result
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tool.show import blocked, done_plain, invalid, refused_by
from smartflow.services.agent.tool.tool import Instrument, Scene
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

_REFUSED: Mapping[str, Text] = {"unknown_tool": texts.UNKNOWN, "not_allowed_now": texts.NOT_NOW, "not_checked": texts.NOT_CHECKED}
_PATIENCE = timedelta(seconds=30)


class Actor:
    """Runs calls in their order."""

    def __init__(self, hands: Hands, clock: Clock) -> None:
        self._hands = hands
        self._clock = clock

    async def do(self, job: Job, step: Act | Block | Refuse | Answered, state: State) -> None:
        """Give calls their results, and commit each."""
        match step:
            case Act():
                await self.act(job, step.calls, state)
            case Block():
                result = blocked(job.call.language)
                await job.write([saying.status("rejected"), *_same(step.calls, result)])
            case Refuse():
                why = _REFUSED[step.reason].render(job.call.language)
                await job.write(_same(step.calls, invalid(step.reason, why, job.call.language)))
                for each in step.calls:  # a name that a model made up may be a person's words
                    known = each.call.name in self._hands.instruments
                    job.metrics.tools.labels(each.call.name if known else "unknown", "refused").inc()
            case Answered():
                result = done_plain({"reply": step.reply}, step.reply)
                await job.write(saying.tool_result(step.call.call, result)[:1])

    async def act(self, job: Job, calls: tuple[Call, ...], state: State) -> None:
        """Run calls, and commit the result of each; those that were not told when they were called for are told first."""
        agreed = [each for each in calls if each.call.id in state.answer.consent.held]
        known = {row.payload["tool_call_id"] for row in job.rows if row.run == job.run.id and row.kind == "tool_call"}
        lines = [saying.tool_call(each.call) for each in calls if each.call.id not in known]
        if agreed and not job.has_told("confirmed"):
            lines = [saying.status("confirmed"), *lines]
        if lines:
            await job.write(lines)
        run = partial(self._result, job, state)
        async with aclosing(in_order(calls, self._looks, run, job.stopped)) as results:
            async for each, result in results:
                did = result.title if self._does(each) == "commit" and result.status == "done" and result.changed else ""
                last = [saying.status("summarizing")] if agreed and each is calls[-1] else []
                await job.write([*saying.tool_result(each.call, result, did=did), *last])
                job.metrics.tools.labels(each.call.name, result.status).inc()

    def unfit(self, calls: tuple[Call, ...]) -> tuple[Call, ...]:
        """Give the calls whose arguments cannot be read: they are refused, and the person is not asked."""
        return tuple(each for each in calls if not self._fits(each))

    def _fits(self, each: Call) -> bool:
        try:
            msgspec.convert(each.call.arguments, self._hands.instruments[each.call.name].arguments)
        except (msgspec.ValidationError, KeyError):
            return False
        return True

    async def scene(self, job: Job, each: Call, state: State) -> Scene:
        """Set the scene in which a call is run."""
        digest = sha256(to_json(each.call.arguments)).hexdigest()
        keyed = replace(job.call, key=f"agent/{each.run}/{each.call.id}", fingerprint=digest)
        term = await self._hands.timetable.term(job.call)
        written, said = tuple(state.written), state.messages
        return Scene(keyed, each.at or self._clock.now(), term, self._hands.tasks, self._hands.timetable, written, said)

    def _does(self, each: Call) -> Effect:
        return self._hands.instruments[each.call.name].effect

    def _looks(self, each: Call) -> bool:
        return self._does(each) == "read"

    async def _result(self, job: Job, state: State, each: Call) -> Result:
        instrument = self._hands.instruments[each.call.name]
        try:
            arguments: Any = msgspec.convert(each.call.arguments, instrument.arguments)
        except msgspec.ValidationError as error:
            return invalid("invalid_args", str(error), job.call.language)
        scene = await self.scene(job, each, state)
        if instrument.effect == "read":
            return await _read(replace(scene, call=replace(job.call, deadline=self._clock.now() + _PATIENCE)), instrument, arguments)
        return await instrument.run(scene, arguments)


async def _read(scene: Scene, instrument: Instrument, arguments: Any) -> Result:  # noqa: ANN401 - each tool has its own
    """Look something up: what is late or refused is a result, and the answer goes on."""
    try:
        return await instrument.run(scene, arguments)
    except Refusal as refusal:
        return refused_by(refusal, scene)


def _same(calls: tuple[Call, ...], result: Result) -> list[Line]:
    return [line for each in calls for line in saying.tool_result(each.call, result)]
