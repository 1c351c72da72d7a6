"""Drives one run from step to step: reads the state, does what comes next, commits, until the run is over or waits."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartflow.client.agent.log import LogRow
from smartflow.client.llm import BudgetExceeded, ModelUnavailable
from smartflow.services.agent import repository
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.acting import Actor
from smartflow.services.agent.engine.asking import Asker
from smartflow.services.agent.engine.compacting import Compactor
from smartflow.services.agent.engine.decide import Rules, decide, start
from smartflow.services.agent.engine.ending import Over, used
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Also, Job
from smartflow.services.agent.engine.thinking import Thinker
from smartflow.services.agent.engine.titling import Titler
from smartflow.services.agent.engine.transitions import kind_of, towards
from smartflow.services.agent.model import Act, Answered, Ask, Block, Confirm, Deliver, End, Outcome, Refuse, Step, Think
from smartflow.services.agent.repository import Line
from smartflow.shared.database.lease import LeaseLost
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text
from smartflow.shared.process.logs import logger

_TAKEOVERS = 3
_FAILED = Text(zh="这次回答没有成功，请再说一次。", en="This answer failed; please say it again.")
_STATUS: Mapping[Outcome, str] = {"completed": "completed", "exhausted": "completed", "waiting": "waiting", "cancelled": "cancelled"}


class Parts(Struct, frozen=True):
    """Who does what in a run."""

    hands: Hands
    thinker: Thinker
    actor: Actor
    asker: Asker
    compactor: Compactor
    titler: Titler


class Driver:
    """Drives runs."""

    def __init__(self, parts: Parts, rules: Rules) -> None:
        self._parts = parts
        self._rules = rules
        self._log = logger("agent")

    async def drive(self, job: Job, *, taken_over: bool) -> None:
        """Drive a run to its end, or until somebody else holds it."""
        try:
            if not await job.holds() or not await job.load():
                await job.leave()
                return
            if taken_over and not await self._resumed(job):
                return
            await self._steps(job)
        except LeaseLost:
            await job.leave()
        except ModelUnavailable as refusal:
            await self._fail(job, refusal.code, "model_unavailable", refusal.text.render(job.call.language))
        except BudgetExceeded as refusal:
            await self._fail(job, refusal.code, "budget_exceeded", refusal.text.render(job.call.language))
        except Exception as error:  # noqa: BLE001 - whatever it was, the reader gets an end and the log the rest
            self._log.exception("run.failed", run_id=str(job.run.id), why=type(error).__name__)
            await self._fail(job, "50001", "server_error", _FAILED.render(job.call.language))
        finally:
            if job.recalling is not None:
                job.recalling.cancel()
            await job.release()

    async def settle(self) -> None:
        """Wait for what is done after an answer."""
        await self._parts.titler.settle()

    async def close(self) -> None:
        """Leave what is done after an answer."""
        await self._parts.titler.close()

    async def _resumed(self, job: Job) -> bool:
        """Note that the run changes hands; after three times without anything new it is given up."""
        new = any(row.run == job.run.id and row.payload.get("code") != "resumed" for row in job.rows[-1:])
        takeovers = 1 if new else job.run.takeovers + 1
        if takeovers > _TAKEOVERS:
            await self._fail(job, "50001", "server_error", _FAILED.render(job.call.language))
            return False

        async def count(unit: Unit, _: Sequence[LogRow]) -> None:
            await repository.set_run(unit, job.owner, job.run.id, takeovers=takeovers)

        await job.write([saying.status("resumed")], count)
        job.metrics.takeovers.inc()
        return True

    async def _steps(self, job: Job) -> None:
        state = job.state()
        job.phase = start(state)
        self._parts.hands.recaller.begin(job, state.answer.words)
        while not job.cancelled:
            if job.fence is None:
                raise LeaseLost
            step = await self._fit(job, decide(job.phase, state, self._rules), state)
            job.phase = towards(job.phase, kind_of(step))
            if await self._done(job, step, state):
                return
            state = job.state()
        await self._end(job, "cancelled", state)

    async def _fit(self, job: Job, step: Step, state: State) -> Step:
        """Ask the person about nothing that cannot be read; do what they agreed to only if it is still what they were shown."""
        consent = state.answer.consent
        if isinstance(step, Ask | Confirm):
            bad = self._parts.actor.unfit((step.call,) if isinstance(step, Ask) else step.calls)
            return Act(bad) if bad else step
        if not isinstance(step, Act) or consent.reading != "approve" or job.has_told("confirmed"):
            return step
        agreed = tuple(each for each in step.calls if each.call.id in consent.held)
        if not agreed or self._parts.actor.unfit(agreed):
            return step
        try:
            return step if await self._parts.asker.holds(job, agreed, consent.digest) else Confirm(agreed, changed=True)
        except Refusal:
            return Refuse(agreed, "not_checked")

    async def _done(self, job: Job, step: Step, state: State) -> bool:
        """Do a step; true: the run is over, or waits."""
        parts = self._parts
        match step:
            case Think():
                await parts.thinker.think(job, step, state)
            case Act() | Block() | Refuse() | Answered():
                await parts.actor.do(job, step, state)
            case Ask() | Confirm():
                return await self._waits(job, step, state)
            case Deliver():
                await job.write(saying.delivery(step, state.answer, job.call.language))
            case End():
                await self._end(job, step.outcome, state)
                return True
        return False

    async def _waits(self, job: Job, step: Ask | Confirm, state: State) -> bool:
        """Ask the person, unless there is nothing to ask about: then the calls say so themselves."""
        over, asker = Over("waiting", job), self._parts.asker
        if isinstance(step, Ask):
            await self._opens(job, state, *asker.ask(job, step, used(job.own_rows()), over))
            return True
        asked = await asker.confirm(job, step, used(job.own_rows()), over)
        if asked is None:
            job.phase = towards(job.phase, "act")
            await self._parts.actor.act(job, step.calls, state)
            return False
        await self._opens(job, state, *asked)
        return True

    async def _opens(self, job: Job, state: State, lines: list[Line], also: Also) -> None:
        """Have the person asked; what was said to be done already, and was not, is set right first."""
        wrong = [saying.set_right(job.call.language, "\n\n")] if state.answer.claimed and not state.answer.done else []
        await job.write([*wrong, *lines], also)
        job.metrics.runs.labels("waiting").inc()

    async def _end(self, job: Job, outcome: Outcome, state: State) -> None:
        if outcome in {"completed", "exhausted"}:
            await self._parts.compactor.compact(job, state)
            outcome = "cancelled" if job.cancelled else outcome
        lines = [*saying.left_undone(job.run.id, state, job.call.language), saying.status("cancelled")] if outcome == "cancelled" else []
        if outcome in {"completed", "exhausted"} and state.answer.consent.reading == "approve":
            lines = [saying.status("done")]
        await job.write([*lines, *saying.end(_STATUS[outcome], used(job.own_rows()))], Over(_STATUS[outcome], job))
        job.metrics.runs.labels(outcome).inc()
        if outcome == "completed":
            self._parts.titler.begin(job)

    async def _fail(self, job: Job, code: str, kind: str, message: str) -> None:
        try:
            job.phase = "end"
            await job.write(saying.failure(code, kind, message, used(job.own_rows())), Over("failed", job))
            job.metrics.runs.labels("failed").inc()
        except LeaseLost:
            await job.leave()
