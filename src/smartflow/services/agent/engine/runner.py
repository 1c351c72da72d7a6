"""Runs runs: decides, does, commits, until a run is over or waits for the person."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Row, select

from smartflow.client.agent.events import MessageRecorded, StateSnapshot
from smartflow.client.agent.log import LogRow
from smartflow.client.llm import BudgetExceeded, ModelUnavailable
from smartflow.services.agent import repository
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.acting import Actor
from smartflow.services.agent.engine.asking import Asker
from smartflow.services.agent.engine.decide import decide
from smartflow.services.agent.engine.fold import State, fold
from smartflow.services.agent.engine.hands import Hands
from smartflow.services.agent.engine.job import Job
from smartflow.services.agent.engine.readers import Readers
from smartflow.services.agent.engine.thinking import Thinker
from smartflow.services.agent.engine.transitions import next_phase
from smartflow.services.agent.model import SNAPSHOT_FORMAT, Act, Answered, Ask, Block, Confirm, End, Outcome, Phase, Step, Think
from smartflow.services.agent.tables import runs
from smartflow.shared.database.database import Database
from smartflow.shared.database.lease import LeaseLost, Leases, forget
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.kernel.text import Text
from smartflow.shared.process.logs import logger

_TAKEOVERS = 3
_MOST = 500
_FAILED = Text(zh="这次回答没有成功，请再说一次。", en="This answer failed; please say it again.")
_STATUS: Mapping[Outcome, str] = {"completed": "completed", "exhausted": "completed", "waiting": "waiting", "cancelled": "cancelled"}


class Runner:
    """Holds the runs of this process."""

    def __init__(self, database: Database, leases: Leases, clock: Clock, entropy: Entropy, hands: Hands) -> None:
        self.readers = Readers()
        self._database = database
        self._leases = leases
        self._clock = clock
        self._thinker = Thinker(hands.llm, clock, entropy, hands.instruments)
        self._actor = Actor(hands, clock)
        self._asker = Asker(hands, clock, entropy)
        self._nature = {name: (each.effect, each.risk) for name, each in hands.instruments.items()}
        self._closed = False
        self._jobs: dict[UUID, tuple[Job, asyncio.Task[None]]] = {}
        self._log = logger("agent")

    def begin(self, run: Row[object], *, taken_over: bool = False) -> None:
        """Answer a run, beside everything else."""
        if self._closed or run.id in self._jobs:
            return
        job = Job(self._database, self._leases, self._clock, self.readers, run)
        task = asyncio.get_running_loop().create_task(self._run(job, taken_over=taken_over), name=f"run.{run.id}")
        self._jobs[run.id] = (job, task)
        task.add_done_callback(lambda ended: self._left(run.id, ended))

    def cancel(self, run: UUID) -> None:
        """Tell a run of this process to stop."""
        if run in self._jobs:
            self._jobs[run][0].cancelled.set()

    async def take_over(self) -> None:
        """Go on with runs that nobody answers any more."""
        async with self._database.read() as reader:
            left = select(runs).where(runs.c.status == "running").order_by(runs.c.created_at).limit(_MOST)
            found = await reader.all(left)
        for run in found:
            self.begin(run, taken_over=True)

    async def settle(self) -> None:
        """Wait until every run of this process is over or waits."""
        while self._jobs:
            await asyncio.gather(*(task for _, task in self._jobs.values()), return_exceptions=True)

    async def close(self) -> None:
        """Leave every run where it is: another process, or the next start, goes on."""
        self._closed = True
        tasks = [task for _, task in self._jobs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _left(self, run: UUID, ended: asyncio.Task[None]) -> None:
        self._jobs.pop(run, None)
        if not ended.cancelled() and ended.exception() is not None:
            self._log.warning("run.left", run_id=str(run))

    async def _run(self, job: Job, *, taken_over: bool) -> None:
        try:
            if not await job.holds() or not await job.load():
                return
            if taken_over and not await self._resumed(job):
                return
            await self._drive(job)
        except LeaseLost:
            return
        except ModelUnavailable as refusal:
            await self._fail(job, refusal.code, "model_unavailable", refusal.text.render(job.call.language))
        except BudgetExceeded as refusal:
            await self._fail(job, refusal.code, "budget_exceeded", refusal.text.render(job.call.language))
        except Exception:  # noqa: BLE001 - whatever it was, the reader gets an end and the log the rest
            self._log.exception("run.failed", run_id=str(job.run.id))
            await self._fail(job, "50001", "server_error", _FAILED.render(job.call.language))
        finally:
            await job.release()

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
        return True

    async def _drive(self, job: Job) -> None:
        phase: Phase | None = None
        while True:
            if job.cancelled.is_set():
                await self._end(job, "cancelled")
                return
            state = fold(job.rows, job.run.id)
            step = decide(state, self._nature)
            phase = next_phase(phase, step)
            if await self._done(job, step, state):
                return
            if isinstance(step, Ask | Confirm):  # there was nothing to ask about: the calls were run instead
                phase = "quick_task"

    async def _done(self, job: Job, step: Step, state: State) -> bool:
        """Do a step; true: the run is over, or waits."""
        match step:
            case Think():
                await self._thinker.think(job, step, state)
            case Act():
                await self._actor.act(job, step.calls, state)
            case Block():
                await self._actor.block(job, step.calls)
            case Answered():
                await self._actor.answer(job, step)
            case Ask() | Confirm():
                return await self._waits(job, step, state)
            case End():
                await self._end(job, step.outcome)
                return True
        return False

    async def _waits(self, job: Job, step: Ask | Confirm, state: State) -> bool:
        """Ask the person, unless there is nothing to ask about: then the calls say so themselves."""
        bad = self._actor.unfit(step)
        if bad:
            await self._actor.act(job, bad, state)
            return False
        used, over = self._thinker.used(job), Over("waiting", job)
        if isinstance(step, Ask):
            await job.write(*self._asker.ask(job, step, used, over))
            return True
        asked = await self._asker.confirm(job, step, used, over)
        if asked is None:
            await self._actor.act(job, step.calls, state)
            return False
        await job.write(*asked)
        return True

    async def _end(self, job: Job, outcome: Outcome) -> None:
        lines = [saying.status("cancelled")] if outcome == "cancelled" else []
        await job.write([*lines, *saying.end(_STATUS[outcome], self._thinker.used(job))], Over(_STATUS[outcome], job))

    async def _fail(self, job: Job, code: str, kind: str, message: str) -> None:
        try:
            await job.write(saying.failure(code, kind, message, self._thinker.used(job)), Over("failed", job))
        except LeaseLost:
            return


class Over:
    """What is committed with the last rows of a run."""

    def __init__(self, status: str, job: Job) -> None:
        self._status = status
        self._job = job

    async def __call__(self, unit: Unit, written: Sequence[LogRow]) -> None:
        """End the run, free the conversation, tell what was said and where things stand."""
        job, run = self._job, self._job.run
        await repository.set_run(unit, job.owner, run.id, status=self._status, ended_at=unit.now)
        await forget(unit, job.lease)
        found = await repository.conversation(unit, job.owner, run.conversation_id)
        if found is None:
            return
        said = [row for row in (*job.rows, *written) if row.run == run.id and row.kind == "assistant_text"]
        values: dict[str, object] = {"active_run_id": None, "updated_at": unit.now, "last_message_at": unit.now}
        if said:
            values["messages"] = found.messages + 1
            unit.publish(
                MessageRecorded(job.owner, run.conversation_id, said[0].seq or 0, "assistant", "".join(row.payload["text"] for row in said))
            )
        await repository.set_conversation(unit, job.owner, run.conversation_id, **values)
        revision = written[-1].pos if written else 0
        body = {"run": str(run.id), "status": self._status}
        unit.publish(StateSnapshot(job.owner, run.conversation_id, "end", revision, SNAPSHOT_FORMAT, body))
