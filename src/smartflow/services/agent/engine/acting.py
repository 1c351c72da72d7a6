"""Running tools: each effect under a key made of the run that proposed it and the call's id, each result a row."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Job
from smartflow.services.agent.model import Answered, Ask, Call, Confirm, Result
from smartflow.services.agent.tool.show import blocked, done_plain, invalid
from smartflow.services.agent.tool.tool import Scene
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.text import Text

_UNKNOWN = Text(zh="没有这个工具。", en="There is no such tool.")


class Actor:
    """Runs calls in their order."""

    def __init__(self, hands: Hands, clock: Clock) -> None:
        self._hands = hands
        self._clock = clock

    async def act(self, job: Job, calls: tuple[Call, ...], state: State) -> None:
        """Run calls, and commit the result of each."""
        for each in calls:
            if job.cancelled.is_set():
                return
            result = await self._result(job, each, state)
            await job.write(saying.tool_result(each.call, result))

    async def block(self, job: Job, calls: tuple[Call, ...]) -> None:
        """Give calls the result that the person said no."""
        result = blocked(job.call.language)
        await job.write([saying.status("rejected"), *(line for each in calls for line in saying.tool_result(each.call, result))])

    async def answer(self, job: Job, step: Answered) -> None:
        """Give a question the person's words as its result."""
        result = done_plain({"reply": step.reply}, step.reply)
        await job.write(saying.tool_result(step.call.call, result)[:1])

    def unfit(self, step: Ask | Confirm) -> tuple[Call, ...]:
        """Give the calls whose arguments cannot be read: they are refused, and the person is not asked."""
        calls = (step.call,) if isinstance(step, Ask) else step.calls
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
        return Scene(keyed, self._clock.now(), term, self._hands.tasks, self._hands.timetable, tuple(state.written))

    async def _result(self, job: Job, each: Call, state: State) -> Result:
        instrument = self._hands.instruments.get(each.call.name)
        scene = await self.scene(job, each, state)
        if instrument is None:
            return invalid("unknown_tool", _UNKNOWN.render(job.call.language), scene)
        try:
            arguments: Any = msgspec.convert(each.call.arguments, instrument.arguments)
        except msgspec.ValidationError as error:
            return invalid("invalid_args", str(error), scene)
        if instrument.effect == "read":
            scene = replace(scene, call=job.call)
        return await instrument.run(scene, arguments)
