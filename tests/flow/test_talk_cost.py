"""What a talk with a model took: in the conversation once, on the bill, and in the zip of its person, until the person goes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from dirty_equals import IsPartialDict
from sqlalchemy import select

from smartflow.cmd.schema import schema
from smartflow.services.llm.settings import LlmSettings
from tests.flow.test_export import exported
from tests.flow.test_isolation import rows_of
from tests.flow.test_talk import say
from tests.kit.app import App, running
from tests.kit.llm import SHORT, three
from tests.kit.model_server import ModelServer, calls, model_server, part, says
from tests.kit.people import PASSWORD, Person

TWICE = {"calls": 2, "unpriced_calls": 0, "estimated_calls": 0, "prompt_tokens": 200, "completion_tokens": 40, "cost": {"USD": 0.006}}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as made:
        yield made


@pytest.fixture
async def talking(server: ModelServer, tmp_path: Path) -> AsyncIterator[App]:
    llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
    async with running(tmp_path, llm=llm) as made:
        yield made


async def spent(app: App, person: Person) -> Any:
    """Read what each conversation took, as the zip has it."""
    return [each["usage"] for each in (await exported(app, person))["conversations.json"]]


async def test_a_conversation_knows_what_its_answers_took(talking: App, server: ModelServer) -> None:
    ming, li = await talking.someone(), await talking.someone()
    server.plays(calls(part(0, "create_task", '{"title": "Essay", "when": "tomorrow at 9:30"}', "x")), says("Noted."), says("Hello."))
    talk = await say(ming, "Would you be so kind as to keep the essay in mind for me, tomorrow at 9:30")
    await say(li, "What is a harpsichord?")

    await talking.settle()

    assert await spent(talking, ming) == [IsPartialDict(TWICE)]
    assert await spent(talking, li) == [IsPartialDict(calls=1)]
    lines = (await exported(talking, ming))["model_calls.json"]
    assert [line["conversation_id"] for line in lines] == [talk.conversation] * 2
    assert lines[0] == IsPartialDict(run_id=talk.run, scene="route", status="settled", prompt_tokens=100, cost=0.003, currency="USD")


@pytest.mark.parametrize("point", ["inbox.before_commit", "inbox.after_commit", "relay.published", "relay.after_commit"])
async def test_an_answer_that_is_told_again_is_added_once(talking: App, server: ModelServer, point: str) -> None:
    ming = await talking.someone()
    server.plays(says("It is a keyboard."))
    await say(ming, "What is a harpsichord?")
    talking.faults.fail(point)

    for _ in range(2):
        try:
            await talking.settle()
        except Exception:
            talking.faults.heal()

    assert await spent(talking, ming) == [IsPartialDict(calls=1, prompt_tokens=100, cost={"USD": 0.003})]


async def test_what_is_settled_after_its_conversation_went_is_on_the_bill_alone(talking: App, server: ModelServer) -> None:
    ming = await talking.someone()
    server.plays(says("It is a keyboard."))
    talk = await say(ming, "What is a harpsichord?")
    await ming.delete(f"/agent/conversations/{talk.conversation}")

    await talking.settle()

    assert await spent(talking, ming) == []
    lines = (await exported(talking, ming))["model_calls.json"]
    assert [(line["conversation_id"], line["cost"]) for line in lines] == [(None, 0.003)]


async def test_a_long_bill_is_there_to_its_last_line(talking: App) -> None:
    ming = await talking.someone()
    table = schema().tables["llm_calls"]
    async with talking.product.host.database.work() as unit:
        line = {"user_id": ming.id, "attempt": 1, "scene": "route", "role": "pro", "model": "m", "day": unit.now.date(), "begun": unit.now}
        line |= {"reserved": 0, "cost": 0, "priced": True, "estimated": False, "prompt_tokens": 1, "cached_tokens": 0}
        line |= {"completion_tokens": 0, "reasoning_tokens": 0}
        states = ["settled"] * 1100 + ["lost", "reserved"]
        entropy = talking.product.host.entropy
        await unit.bulk(table, [{**line, "request_id": entropy.uuid(), "state": state} for state in states])

    lines = (await exported(talking, ming))["model_calls.json"]

    assert len({line["request_id"] for line in lines}) == len(lines) == 1101
    assert [line["status"] for line in lines].count("lost") == 1


async def test_an_account_that_goes_takes_its_talks_and_its_bill_along(talking: App, server: ModelServer) -> None:
    ming, li = await talking.someone(), await talking.someone()
    for somebody in (ming, li):
        server.plays(says("It is a keyboard."))
        await say(somebody, "What is a harpsichord?")
        await somebody.remembers("I play the harpsichord")
    assert (await ming.delete("/user/me", {"password": PASSWORD})).status == 200

    await talking.settle()

    left = {name: rows for name, rows in (await rows_of(talking, ming)).items() if rows}
    assert "harpsichord" not in str(left)
    assert "keyboard" not in str(left)
    assert set(left) <= {"erased", "outbox", "inbox", "userauth_revocations"}
    assert [each for each in left["outbox"] if "user.deleted" not in each] == []
    assert await spent(talking, li) == [IsPartialDict(calls=1)]
    runs = schema().tables["agent_runs"]
    async with talking.product.host.database.read() as reader:
        assert [row.user_id for row in await reader.all(select(runs.c.user_id))] == [li.id]
