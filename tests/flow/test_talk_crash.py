"""A run that crashes at any statement or commit goes on: what was said is not said again, what was done is not done again."""

import asyncio
import os
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.kit.app import App, Somebody, running
from tests.kit.ports import Crash
from tests.kit.talking import say

SCRIPTS = {
    "capture": ["Remind me to call the dentist tomorrow at 9:30"],
    "delete": ["Remind me to call the dentist tomorrow at 9:30", "Delete the dentist task", "Yes, go ahead"],
    "undo": ["Remind me to call the dentist tomorrow at 9:30", "undo that"],
}


# How many passages of each moment are tried, seeded; with EVERY_CELL=1 all are.
SAMPLES = {"unit.before_commit": 8, "unit.after_commit": 8, "unit.before_statement": 5, "unit.after_statement": 5}
EVERY = os.environ.get("EVERY_CELL") == "1"


@pytest.mark.timeout(3600 if EVERY else 180)
@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("point", SAMPLES)
async def test_after_a_crash_at_any_statement_or_commit_everything_is_as_without_one(tmp_path: Path, name: str, point: str) -> None:
    for folder in ("whole", "cut"):
        (tmp_path / folder).mkdir()
    async with running(tmp_path / "whole") as app:
        ming = await app.someone()
        before = app.faults.passed.get(point, 0)
        wanted = await told(app, ming, SCRIPTS[name])
        passages = app.faults.passed[point] - before
    assert passages > SAMPLES[point]

    async with running(tmp_path / "cut") as app:
        for passage in tried(point, name, passages):
            ming = await app.someone()
            app.faults.crash(point, passage=passage)
            assert await told(app, ming, SCRIPTS[name]) == wanted, passage
            app.faults.heal()


def tried(point: str, name: str, passages: int) -> list[int]:
    """Choose the passages at which to crash: one of each part of the script, or all."""
    if EVERY:
        return list(range(1, passages + 1))
    chance, most = random.Random(f"{point} {name}"), SAMPLES[point]
    return [1 + int((number + chance.random()) * passages / most) for number in range(most)]


async def told(app: App, somebody: Somebody, script: list[str]) -> Any:
    """Say it all, each as often as it takes; gives what the conversation and the tasks have come to."""
    conversation: str | None = None
    for number, words in enumerate(script):
        more = {} if conversation is None else {"conversation_id": conversation}
        for _ in range(4):
            await followed(app, asyncio.ensure_future(say(somebody, words, **more, key=f"say-{number}")))
            listed = await somebody.get("/agent/conversation-list")
            conversation = listed.data["list"][0]["conversation_id"] if listed.data["list"] else None
            if conversation is not None and heard(await timeline(somebody, conversation)) == script[: number + 1]:
                break
            more = {} if conversation is None else {"conversation_id": conversation}
    assert conversation is not None
    tasks = sorted((task["title"], task["deadline_at"], task["is_completed"]) for task in await somebody.tasks())
    return [(each["kind"], each.get("content")) for each in await timeline(somebody, conversation)], tasks


async def followed(app: App, talking: "asyncio.Future[Any]") -> None:
    """Wait for an answer; whatever crashes meanwhile is found by the next process."""
    while not talking.done():
        await asyncio.wait([talking], timeout=0.01)
        await mended(app)
    with suppress(Crash, AssertionError):
        talking.result()
    await mended(app)


async def mended(app: App) -> None:
    """Let another process find what was left, until nothing is."""
    for _ in range(3):
        with suppress(Crash):
            await app.run_loop("agent.takeover")
            await app.run_loop("agent.look")
            await app.settle()


async def timeline(somebody: Somebody, conversation: str) -> list[Any]:
    answer = await somebody.get("/agent/conversation-timeline", conversation_id=conversation)
    return list(answer.data)


def heard(entries: list[Any]) -> list[str]:
    return [entry["content"] for entry in entries if entry["kind"] == "user_text"]
