"""The end of a run: what is committed with its last rows, and what it took."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import Row

from smartflow.client.agent.events import MessageRecorded
from smartflow.client.agent.log import LogRow
from smartflow.client.llm import Usage
from smartflow.services.agent import repository
from smartflow.services.agent.engine import saying
from smartflow.services.agent.engine.job import Job, lease_of
from smartflow.shared.database.lease import LeaseLost, forget
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.ids import OwnerId


def used(rows: Sequence[LogRow]) -> Usage:
    """Give what a run has taken so far, by its rows: its answers, also those that could not be used."""
    total = Usage()
    for row in rows:
        took = row.payload.get("usage") if row.kind in {"answer", "correction"} else None
        if took:
            prompt, completion = total.prompt_tokens + took["prompt_tokens"], total.completion_tokens + took["completion_tokens"]
            total = replace(total, prompt_tokens=prompt, completion_tokens=completion)
    return total


class Over:
    """What is committed with the last rows of a run."""

    def __init__(self, status: str, job: Job) -> None:
        self._status = status
        self._job = job

    async def __call__(self, unit: Unit, written: Sequence[LogRow]) -> None:
        """End the run where it is."""
        job = self._job
        job.phase = "interrupt" if self._status == "waiting" else "end"
        await forget(unit, job.lease)
        await _end(unit, job.run, self._status, [*job.own_rows(), *written])


async def cut(unit: Unit, owner: OwnerId, run_id: UUID) -> bool:
    """End a run that its process does not end; false: it was over.

    Its lease goes first: who writes under it is waited for, and whoever comes later writes nothing more.
    """
    await forget(unit, lease_of(run_id))
    run = await repository.run(unit, owner, run_id)
    if run is None or run.status != "running":
        return False
    rows = await repository.rows(unit, owner, run.conversation_id, after=run.after)
    await repository.append(unit, owner, run, [saying.status("cancelled"), *saying.end("cancelled", used(rows))])
    await _end(unit, run, "cancelled", rows)
    return True


async def _end(unit: Unit, run: Row[Any], status: str, rows: Sequence[LogRow]) -> None:
    """End a run, free its conversation, tell what was said in it."""
    owner = OwnerId(run.user_id)
    if not await repository.end_run(unit, owner, run.id, status):
        raise LeaseLost
    found = await repository.conversation(unit, owner, run.conversation_id)
    if found is None:
        return
    values: dict[str, object] = {"updated_at": unit.now, "last_message_at": unit.now}
    if found.active_run_id == run.id:
        values["active_run_id"] = None
    said = [row for row in rows if row.kind == "assistant_text"]
    if said:
        values["messages"] = found.messages + 1
        text = "".join(row.payload["text"] for row in said)
        unit.publish(MessageRecorded(owner, run.conversation_id, said[0].seq or 0, "assistant", text))
    await repository.set_conversation(unit, owner, run.conversation_id, **values)
