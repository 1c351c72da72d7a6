"""The live stream over a real port, with the product behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from smartflow.gateway.server import bound, server, started
from tests.flow.test_talk import say
from tests.kit.app import App, Somebody


async def told(pieces: AsyncIterator[str]) -> AsyncIterator[Any]:
    async for line in pieces:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


@asynccontextmanager
async def listening(app: App, somebody: Somebody) -> AsyncIterator[AsyncIterator[Any]]:
    """Listen over a real port, from the greeting on."""
    socket = bound("127.0.0.1", 0)
    serving = server(app.product.gateway)
    running = asyncio.create_task(serving.serve([socket]))
    await started(serving)
    try:
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/api/v1/live"
        headers = {"Authorization": f"Bearer {somebody.tokens['access_token']}"}
        async with asyncio.timeout(20), httpx2.AsyncClient() as http, http.stream("GET", url, headers=headers) as answer:
            stream = told(answer.aiter_lines())
            assert await anext(stream) == {"kind": "hello", "data": {"schedule_version": 0}}
            yield stream
    finally:
        serving.should_exit = True
        await running


async def test_a_change_reaches_another_connection_of_the_same_person_and_nobody_elses(app: App) -> None:
    ming, hong = await app.someone(), await app.someone()
    async with listening(app, ming) as stream:
        await hong.adds_task("Not hers")
        task_id = await ming.adds_task("Lab report")
        await app.settle()
        assert await anext(stream) == {"kind": "task.created", "data": {"task_ids": [task_id]}}


async def test_other_tabs_hear_that_something_was_said_and_not_what(app: App) -> None:
    ming, hong = await app.someone(), await app.someone()
    async with listening(app, ming) as stream:
        await say(hong, "Reply with exactly CP5_OK")
        talk = await say(ming, "Reply with exactly CP5_OK")
        await app.settle()
        said = {"kind": "agent.message_recorded", "data": {"conversation_id": talk.conversation}}
        assert [await anext(stream), await anext(stream)] == [said, said]
