"""The talk on pydantic-ai with DBOS, its durable execution that needs no server: a workflow on SQLite, the tool's effect a step.

DBOS imports psycopg (LGPL) for PostgreSQL even where there is none: it is not installed, and an empty module stands for it.
"""

import asyncio
import sys
from collections.abc import AsyncIterable
from types import ModuleType
from typing import Any

from scenario import FOLDER, WORDS, effect
from scripted import MODEL, hear


class _NeverRaisedError(Exception):
    pass


def _without_postgres() -> None:
    psycopg, errors = ModuleType("psycopg"), ModuleType("psycopg.errors")
    for name in ("LockNotAvailable", "SerializationFailure", "ConnectionTimeout"):
        setattr(errors, name, _NeverRaisedError)
    vars(psycopg).update(OperationalError=_NeverRaisedError, errors=errors)
    sys.modules.update({"psycopg": psycopg, "psycopg.errors": errors})


async def main() -> None:
    """Play the talk; after a kill DBOS goes on with it as soon as it is launched."""
    _without_postgres()
    from dbos import DBOS, SetWorkflowID
    from pydantic_ai import Agent
    from pydantic_ai.durable_exec.dbos import DBOSDurability

    async def heard(_: Any, events: AsyncIterable[object]) -> None:
        async for event in events:
            hear(event)

    agent = Agent(MODEL, name="peer", capabilities=[DBOSDurability(event_stream_handler=heard)])
    DBOS(config={"name": "peer", "system_database_url": f"sqlite:///{FOLDER / 'dbos.db'}", "log_level": "ERROR"})
    noted = DBOS.step()(effect)

    @agent.tool_plain
    async def note(title: str) -> str:
        """Note something."""
        return noted(title)

    @DBOS.workflow()
    async def talk(words: str) -> str:
        return (await agent.run(words)).output

    DBOS.launch()
    with SetWorkflowID("1"):
        handle = await DBOS.start_workflow_async(talk, WORDS)
    await handle.get_result()
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main())
