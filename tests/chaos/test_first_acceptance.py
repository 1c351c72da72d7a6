"""The first acceptance scenario on a fresh install, with the process ended and started again between any two calls."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from tests.flow.test_talk import Talk
from tests.kit.people import PASSWORD, Answer, Door, Person
from tests.kit.process import PATIENCE, up

Step = Callable[[httpx2.AsyncClient], Awaitable[Answer]]


class Install:
    """A data folder and its first person; each call is made of a process started for it alone."""

    def __init__(self, folder: Path, *, kill_first: bool) -> None:
        self._folder = folder
        self._kill = kill_first

    async def once(self, step: Step) -> Answer:
        """Start the product, make one call, and end it: with `kill -9` and with SIGTERM by turns."""
        async with up(self._folder) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
            answer = await step(http)
            assert answer.status == 200, answer.body
            if self._kill:
                await running.kill()
            else:
                assert await running.stop() == 0, running.said()
        self._kill = not self._kill
        return answer


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("words", "kill_first"), [("Reply with exactly CP5_OK", True), ("请只回复 CP5_OK", False)])
async def test_the_first_acceptance_scenario_stands_restarts_between_any_two_calls(tmp_path: Path, words: str, *, kill_first: bool) -> None:
    install = Install(tmp_path, kill_first=kill_first)
    account = {"username": "ming", "password": PASSWORD}

    registered = await install.once(lambda http: Door(http).post("/user/register", account))
    tokens = (await install.once(lambda http: Door(http).post("/user/login", account))).data

    def person(http: httpx2.AsyncClient) -> Person:
        return Person(http, "ming", registered.data["id"], tokens)

    async def get(path: str, **query: str) -> Answer:
        return await install.once(lambda http: person(http).get(path, **query))

    made = await install.once(lambda http: person(http).post("/task/create", {"title": "Lab report", "priority_group": 2}))
    tasks = await get("/task/get")
    assert [(task["id"], task["title"]) for task in tasks.data] == [(made.data["id"], "Lab report")]
    for path in ("/schedule/today", "/task-class/list", "/memory/items"):
        await get(path)

    talk = Talk(await install.once(lambda http: person(http).post("/agent/chat", {"message": words})))
    assert talk.text == "CP5_OK"
    assert (talk.data[-1], talk.data.count("[DONE]"), talk.ended) == ("[DONE]", 1, "completed")
    meta = await get("/agent/conversation-meta", conversation_id=talk.conversation)
    assert (meta.data["message_count"], meta.data["active_run_id"], meta.data["pending"]) == (2, None, None)
    timeline = await get("/agent/conversation-timeline", conversation_id=talk.conversation)
    assert [(each["kind"], each["content"]) for each in timeline.data] == [("user_text", words), ("assistant_text", "CP5_OK")]
    stats = await get("/agent/context-stats", conversation_id=talk.conversation)
    assert stats.data["total"] <= stats.data["budget"]
