"""The live stream over a real port, with the product behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from smartflow.gateway.server import bound, server, started
from tests.kit.app import App


async def told(pieces: AsyncIterator[str]) -> AsyncIterator[Any]:
    async for line in pieces:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_a_change_reaches_another_connection_of_the_same_person_and_nobody_elses(app: App) -> None:
    ming, hong = await app.someone(), await app.someone()
    socket = bound("127.0.0.1", 0)
    serving = server(app.product.gateway)
    running = asyncio.create_task(serving.serve([socket]))
    await started(serving)
    try:
        url = f"http://127.0.0.1:{socket.getsockname()[1]}/api/v1/live"
        headers = {"Authorization": f"Bearer {ming.tokens['access_token']}"}
        async with asyncio.timeout(20), httpx2.AsyncClient() as http, http.stream("GET", url, headers=headers) as answer:
            stream = told(answer.aiter_lines())
            assert await anext(stream) == {"kind": "hello", "data": {"schedule_version": 0}}
            await hong.adds_task("Not hers")
            task_id = await ming.adds_task("Lab report")
            await app.settle()
            assert await anext(stream) == {"kind": "task.created", "data": {"task_ids": [task_id]}}
    finally:
        serving.should_exit = True
        await running
