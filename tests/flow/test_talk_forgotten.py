"""A deleted conversation, through the front door: what was learned there, what it cost, and what still leads to it."""

from pathlib import Path
from typing import Any

from dirty_equals import IsPartialDict
from sqlalchemy import select

from smartflow.client.agent.events import MessageRecorded
from smartflow.client.memory import MemoryChanged
from smartflow.cmd.schema import schema
from smartflow.services.llm.settings import LlmSettings
from tests.flow.test_isolation import rows_of
from tests.flow.test_talk import say
from tests.kit.app import App, Somebody, running
from tests.kit.llm import SHORT, three
from tests.kit.model_server import model_server, says

RUN = "0198c0de-0000-7000-8000-000000000001"


async def talked(ming: Somebody) -> str:
    return (await say(ming, "Reply with exactly CP5_OK")).conversation


async def forget(app: App, ming: Somebody, conversation: str, **query: Any) -> None:
    answer = await ming.delete(f"/agent/conversations/{conversation}", query=query)
    assert (answer.status, answer.data) == (200, {"deleted": True})
    await app.settle()


async def shown(ming: Somebody, memory: int) -> Any:
    return (await ming.get(f"/memory/items/{memory}")).data


async def test_what_was_learned_in_a_deleted_conversation_stays_and_nothing_leads_there(app: App) -> None:
    ming = await app.someone()
    conversation = await talked(ming)
    memory = await ming.remembers("I play the harpsichord", conversation_id=conversation, run_id=RUN)
    assert (await shown(ming, memory))["sources"] == [IsPartialDict(conversation_id=conversation, quote="I play the harpsichord")]

    await forget(app, ming, conversation)

    left = await shown(ming, memory)
    assert left == IsPartialDict(content="I play the harpsichord", status="active", conversation_id=None, run_id=None)
    assert left["sources"] == [IsPartialDict(conversation_id=None, quote=None)]
    assert (await ming.get("/memory/items", conversation_id=conversation)).data == []
    held = {name: found for name, found in (await rows_of(app, ming)).items() if name.partition("_")[0] in {"memory", "agent", "llm"}}
    assert conversation not in str(held)


async def test_with_memories_what_was_learned_only_there_is_gone_for_good(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    conversation, other = await talked(ming), await talked(ming)
    only = await ming.remembers("I play the harpsichord", conversation_id=conversation)
    both = await ming.remembers("I play the organ", conversation_id=conversation)
    assert await ming.remembers("I play the organ", conversation_id=other) == both
    typed = await ming.remembers("I play the flute")
    assert await ming.remembers("I play the flute", conversation_id=conversation) == typed
    elsewhere = await ming.remembers("I play the drums", conversation_id=other)
    theirs = await li.remembers("I play the harpsichord", conversation_id=conversation)

    await forget(app, ming, conversation, memories="true")

    assert (await ming.get(f"/memory/items/{only}")).code == "40055"
    assert (await ming.get("/memory/search", q="harpsichord")).data == []
    assert "harpsichord" not in str(await rows_of(app, ming))
    assert [source["conversation_id"] for source in (await shown(ming, both))["sources"]] == [None, other]
    assert [source["quote"] for source in (await shown(ming, typed))["sources"]] == ["I play the flute", None]
    assert (await shown(ming, elsewhere))["conversation_id"] == other
    assert (await shown(li, theirs))["conversation_id"] == conversation
    told = [(event.action, event.memory_ids) for event in await app.told(MemoryChanged, ming)][-2:]
    assert told == [("erased", (only,)), ("changed", (both, typed))]


async def test_a_deletion_that_is_told_twice_changes_nothing_twice(app: App) -> None:
    ming = await app.someone()
    conversation = await talked(ming)
    memory = await ming.remembers("I play the harpsichord", conversation_id=conversation)
    await forget(app, ming, conversation)
    before, told = await shown(ming, memory), len(await app.told(MemoryChanged, ming))

    gone = await ming.delete(f"/agent/conversations/{conversation}")
    await app.settle()

    assert gone.code == "40401"
    assert (await shown(ming, memory), len(await app.told(MemoryChanged, ming))) == (before, told)


async def test_who_learned_nothing_there_is_told_of_no_change(app: App) -> None:
    ming = await app.someone()
    await forget(app, ming, await talked(ming), memories="true")

    assert await app.told(MemoryChanged, ming) == []


async def test_the_bill_keeps_what_a_deleted_conversation_cost_but_not_its_id(tmp_path: Path) -> None:
    async with model_server() as server:
        llm = LlmSettings(models=three(server.url), patience=SHORT, fast_path="off")
        async with running(tmp_path, llm=llm) as app:
            ming = await app.someone()
            server.plays(says("It is a keyboard."), says("So is that."))
            talk = (await say(ming, "What is a harpsichord?")).conversation
            other = (await say(ming, "What is a clavichord?")).conversation
            before = (await ming.get("/user/usage")).data

            await forget(app, ming, talk)

            calls = schema().tables["llm_calls"]
            async with app.product.host.database.read() as reader:
                rows = await reader.all(select(calls.c.conversation_id).order_by(calls.c.begun, calls.c.request_id))
            assert {None if row.conversation_id is None else str(row.conversation_id) for row in rows} == {None, other}
            assert before["calls"] == 2
            assert (await ming.get("/user/usage")).data == before


async def test_what_was_said_is_kept_by_the_log_alone_once_it_is_told(app: App) -> None:
    ming = await app.someone()
    talk = await say(ming, "Remind me to call the harpsichord tuner tomorrow at 9:30")
    told = [table for table in ("outbox", "inbox") if "harpsichord" in str((await rows_of(app, ming))[table])]
    assert told == ["outbox"]

    await app.settle()

    left = await rows_of(app, ming)
    assert "harpsichord" not in str(left["outbox"] + left["inbox"])
    recorded = await app.told(MessageRecorded, ming)
    assert [(str(each.conversation_id), each.role, each.text) for each in recorded] == [
        (talk.conversation, "user", ""),
        (talk.conversation, "assistant", ""),
    ]
    assert "harpsichord" in str(left["agent_log"])
