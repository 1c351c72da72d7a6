"""The end of a run: what is committed with its last rows, and what it took."""

from collections.abc import Sequence

from msgspec.structs import replace

from smartflow.client.agent.events import MessageRecorded
from smartflow.client.agent.log import LogRow
from smartflow.client.llm import Usage
from smartflow.services.agent import repository
from smartflow.services.agent.engine.job import Job
from smartflow.shared.database.lease import LeaseLost, forget
from smartflow.shared.database.unit import Unit


def used(job: Job) -> Usage:
    """Give what a run has taken so far, by its log."""
    total = Usage()
    for row in job.rows:
        if row.kind == "answer" and row.run == job.run.id:
            took = row.payload["usage"]
            prompt, completion = total.prompt_tokens + took["prompt_tokens"], total.completion_tokens + took["completion_tokens"]
            total = replace(total, prompt_tokens=prompt, completion_tokens=completion)
    return total


class Over:
    """What is committed with the last rows of a run."""

    def __init__(self, status: str, job: Job) -> None:
        self._status = status
        self._job = job

    async def __call__(self, unit: Unit, written: Sequence[LogRow]) -> None:
        """End the run, free the conversation, tell what was said and where things stand."""
        job, run = self._job, self._job.run
        job.phase = "interrupt" if self._status == "waiting" else "end"
        if not await repository.end_run(unit, job.owner, run.id, self._status):
            raise LeaseLost
        await forget(unit, job.lease)
        found = await repository.conversation(unit, job.owner, run.conversation_id)
        if found is None:
            return
        said = [row for row in (*job.rows, *written) if row.run == run.id and row.kind == "assistant_text"]
        values: dict[str, object] = {"updated_at": unit.now, "last_message_at": unit.now}
        if found.active_run_id == run.id:
            values["active_run_id"] = None
        if said:
            values["messages"] = found.messages + 1
            text = "".join(row.payload["text"] for row in said)
            unit.publish(MessageRecorded(job.owner, run.conversation_id, said[0].seq or 0, "assistant", text))
        await repository.set_conversation(unit, job.owner, run.conversation_id, **values)
