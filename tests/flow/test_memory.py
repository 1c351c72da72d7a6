"""What SmartFlow remembers, made and changed by hand, through the front door."""

from functools import partial
from typing import Any

import pytest

from smartflow.client.memory import MemoryChanged
from tests.kit.app import App
from tests.kit.people import twice

MORNINGS = "I like maths in the mornings."
IN_A_WEEK = "2026-09-21T10:00:00+08:00"
A_WEEK_AGO = "2026-09-07T10:00:00+08:00"
CHAT, RUN = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"


async def test_a_new_memory_is_answered_whole_and_found(app: App) -> None:
    ming = await app.someone()

    made = await ming.post("/memory/items", {"memory_type": "preference", "content": f"  {MORNINGS} "})

    assert made.status == 200, made.body
    assert made.data == {
        "id": made.data["id"],
        "user_id": ming.id,
        "conversation_id": None,
        "assistant_id": None,
        "run_id": None,
        "memory_type": "preference",
        "title": MORNINGS,
        "content": MORNINGS,
        "content_hash": made.data["content_hash"],
        "confidence": 0.95,
        "importance": 0.9,
        "sensitivity_level": 0,
        "is_explicit": True,
        "status": "active",
        "ttl_at": None,
        "created_at": "2026-09-14T10:00:00+08:00",
        "updated_at": "2026-09-14T10:00:00+08:00",
        "slots": None,
        "rule": None,
        "sources": [{"conversation_id": None, "seq": None, "quote": MORNINGS, "said_at": "2026-09-14T10:00:00+08:00"}],
        "supersedes": None,
        "superseded_by": None,
    }
    assert len(made.data["content_hash"]) == 64
    assert (await ming.get(f"/memory/items/{made.data['id']}")).data == made.data
    assert (await ming.get("/memory/items")).data == [made.data]
    assert [(event.memory_ids, event.action, event.version) for event in await app.told(MemoryChanged, ming)] == [
        ((made.data["id"],), "added", 1)
    ]


async def test_every_member_that_is_sent_is_kept(app: App) -> None:
    ming = await app.someone()
    await ming.put("/memory/settings", switches(sensitive=True))
    said = {
        "memory_type": "commitment",
        "content": "I help Lin move.",
        "title": "Moving",
        "conversation_id": CHAT,
        "assistant_id": "planner",
        "run_id": RUN,
        "confidence": 0.5,
        "importance": 1,
        "sensitivity_level": 2,
        "is_explicit": False,
        "ttl_at": IN_A_WEEK,
        "reason": "asked for",
    }

    made = (await ming.post("/memory/items", said)).data

    assert {name: made[name] for name in said if name != "reason"} == {name: said[name] for name in said if name != "reason"}


async def test_the_same_content_is_the_present_memory_confirmed(app: App) -> None:
    ming = await app.someone()
    first = (
        await ming.post("/memory/items", {"memory_type": "preference", "content": MORNINGS, "confidence": 0.4, "is_explicit": False})
    ).data

    again = (await ming.post("/memory/items", {"memory_type": "fact", "content": "i like  MATHS in the mornings.", "confidence": 0.7})).data

    assert again == {
        **first,
        "confidence": 0.7,
        "is_explicit": True,
        "sources": [{**first["sources"][0], "quote": "i like  MATHS in the mornings."}],
    }
    assert (await ming.get("/memory/items")).data == [again]
    assert [event.action for event in await app.told(MemoryChanged, ming)] == ["added", "confirmed"]


async def test_a_double_click_remembers_once(app: App) -> None:
    ming = await app.someone()

    first, second = await twice(
        partial(ming.post, "/memory/items", {"memory_type": "fact", "content": "I major in physics."}, key="one-click")
    )

    assert first.data == second.data
    assert len((await ming.get("/memory/items")).data) == 1
    assert len(await app.told(MemoryChanged, ming)) == 1


async def test_the_same_content_from_two_devices_at_once_is_one_memory(app: App) -> None:
    ming = await app.someone()

    first, second = await twice(partial(ming.post, "/memory/items", {"memory_type": "fact", "content": "I major in physics."}))

    assert first.data["id"] == second.data["id"]
    assert len((await ming.get("/memory/items")).data) == 1


async def test_members_are_changed_one_by_one(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS, ttl_at=IN_A_WEEK)

    async def changed(**members: Any) -> Any:
        answer = await ming.patch(f"/memory/items/{memory}", members)
        assert answer.status == 200, answer.body
        return answer.data

    assert (await changed(memory_type="constraint", importance=0.25, reason="stronger"))["memory_type"] == "constraint"
    assert (await changed(content="Maths before noon."))["title"] == "Maths before noon."
    assert (await changed(title="Noon"))["title"] == "Noon"
    kept = await changed(content="No maths after noon.")
    assert (kept["title"], kept["ttl_at"], kept["importance"]) == ("Noon", IN_A_WEEK, 0.25)
    assert [source["quote"] for source in kept["sources"]] == ["No maths after noon."]
    assert (await changed(ttl_at=None))["ttl_at"] is None
    assert (await changed(ttl_at=IN_A_WEEK))["ttl_at"] == IN_A_WEEK
    assert (await changed(clear_ttl=True))["ttl_at"] is None
    assert (await changed(title=""))["title"] == "No maths after noon."
    last = await changed(confidence=1, is_explicit=False, rule_active=False)
    assert (await changed(confidence=1)) == last
    assert [event.action for event in await app.told(MemoryChanged, ming)] == ["added", *["changed"] * 9]


async def test_a_change_to_what_is_remembered_already_is_refused(app: App) -> None:
    ming = await app.someone()
    await ming.remembers(MORNINGS)
    other = await ming.remembers("I like maths at noon.")

    refused = await ming.patch(f"/memory/items/{other}", {"content": MORNINGS.upper()})

    assert (refused.status, refused.code, refused.broken) == (422, "40057", {"content": "unique"})
    assert (await ming.patch(f"/memory/items/{other}", {"content": "I like MATHS at noon."})).status == 200


@pytest.mark.parametrize("body", [{}, {"reason": "none"}, {"clear_ttl": False}])
async def test_a_change_of_nothing_is_refused(app: App, body: dict[str, Any]) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)

    assert (await ming.patch(f"/memory/items/{memory}", body)).code == "40063"


@pytest.mark.parametrize(
    ("body", "status", "code", "broken"),
    [
        ({}, 422, "40004", {"memory_type": "required", "content": "required"}),
        ({"memory_type": "wish", "content": "x"}, 422, "40056", {"memory_type": "enum"}),
        ({"memory_type": "fact", "content": " \n "}, 422, "40057", {"content": "length"}),
        ({"memory_type": "fact", "content": "长" * 1001}, 422, "40006", {"content": "length"}),
        ({"memory_type": "fact", "content": "x", "title": "长" * 65}, 422, "40006", {"title": "length"}),
        ({"memory_type": "fact", "content": "x", "reason": "长" * 256}, 422, "40006", {"reason": "length"}),
        ({"memory_type": "fact", "content": "x", "confidence": 1.1}, 422, "42201", {"confidence": "max"}),
        ({"memory_type": "fact", "content": "x", "importance": -0.1}, 422, "42201", {"importance": "min"}),
        ({"memory_type": "fact", "content": "x", "sensitivity_level": 3}, 422, "42201", {"sensitivity_level": "max"}),
        ({"memory_type": "fact", "content": "x", "is_explicit": "yes"}, 400, "40005", {"is_explicit": "type"}),
        ({"memory_type": "fact", "content": "x", "conversation_id": "7"}, 422, "42201", {"conversation_id": "format"}),
        ({"memory_type": "fact", "content": "x", "ttl_at": "2026-09-21T10:00:00"}, 422, "42201", {"ttl_at": "offset"}),
        ({"memory_type": "fact", "content": "x", "ttl_at": A_WEEK_AGO}, 422, "42201", {"ttl_at": "min"}),
        ({"memory_type": "fact", "content": "My password is hunter2"}, 422, "40057", {"content": "secret"}),
        ({"memory_type": "fact", "content": "x", "title": "卡号 4111 1111 1111 1111"}, 422, "40057", {"title": "secret"}),
        ({"memory_type": "fact", "content": "x", "sensitivity_level": 1}, 422, "42201", {"sensitivity_level": "sensitive_memory_enabled"}),
        ({"memory_type": "wish", "content": 5}, 422, "42201", {"memory_type": "enum", "content": "type"}),
    ],
)
async def test_bad_input_names_every_field_and_rule_and_changes_nothing(
    app: App, body: dict[str, Any], status: int, code: str, broken: dict[str, str]
) -> None:
    ming = await app.someone()

    answer = await ming.post("/memory/items", body)

    assert (answer.status, answer.code, answer.broken) == (status, code, broken)
    assert (await ming.get("/memory/items", statuses="active,archived,deleted")).data == []


@pytest.mark.parametrize(
    ("body", "code", "broken"),
    [
        ({"memory_type": "wish"}, "40056", {"memory_type": "enum"}),
        ({"content": ""}, "40057", {"content": "length"}),
        ({"content": "银行卡号是 6222 0212 3456 7890"}, "40057", {"content": "secret"}),
        ({"title": "x", "reason": "my pin is 1234"}, "40057", {"reason": "secret"}),
        ({"ttl_at": A_WEEK_AGO, "sensitivity_level": 2}, "42201", {"ttl_at": "min", "sensitivity_level": "sensitive_memory_enabled"}),
    ],
)
async def test_a_bad_change_is_refused_as_a_bad_memory_is(app: App, body: dict[str, Any], code: str, broken: dict[str, str]) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)
    before = (await ming.get(f"/memory/items/{memory}")).data

    answer = await ming.patch(f"/memory/items/{memory}", body)

    assert (answer.status, answer.code, answer.broken) == (422, code, broken)
    assert (await ming.get(f"/memory/items/{memory}")).data == before


async def test_a_limit_in_the_past_is_told_in_the_zone_of_the_reader(app: App) -> None:
    ming = await app.someone()

    answer = await ming.post("/memory/items", {"memory_type": "fact", "content": "x", "ttl_at": A_WEEK_AGO})

    assert answer.data["errors"][0]["message"] == "This must be at least 2026-09-14T10:00:00+08:00."


async def test_memories_are_listed_by_status_type_and_conversation_in_portions(app: App) -> None:
    ming = await app.someone()
    first = await ming.remembers("first", kind="fact", conversation_id=CHAT)
    second = await ming.remembers("second", kind="constraint")
    third = await ming.remembers("third", kind="fact")
    await ming.delete(f"/memory/items/{third}")

    async def listed(**query: Any) -> list[int]:
        answer = await ming.get("/memory/items", **query)
        assert answer.status == 200, answer.body
        return [each["id"] for each in answer.data]

    assert await listed() == [second, first]
    assert await listed(statuses="deleted") == [third]
    assert await listed(status="active,deleted") == [third, second, first]
    assert await listed(statuses="active", status="deleted") == [second, first]
    assert await listed(memory_types="fact,commitment") == [first]
    assert await listed(memory_type="constraint") == [second]
    assert await listed(conversation_id=CHAT) == [first]
    assert await listed(conversation_id=RUN) == []
    page = await ming.get("/memory/items", limit=1)
    assert page.body["paging"] == {"has_more": True, "next_cursor": str(second)}
    rest = await ming.get("/memory/items", limit=1, cursor=page.body["paging"]["next_cursor"])
    assert ([each["id"] for each in rest.data], rest.body["paging"]) == ([first], {"has_more": False, "next_cursor": None})


@pytest.mark.parametrize(
    ("query", "code", "broken"),
    [
        ({"statuses": "gone"}, "42201", {"statuses[0]": "enum"}),
        ({"memory_types": "fact,wish"}, "40056", {"memory_types[1]": "enum"}),
        ({"limit": 101}, "42201", {"limit": "max"}),
        ({"cursor": "x"}, "42201", {"cursor": "format"}),
        ({"conversation_id": "x"}, "42201", {"conversation_id": "format"}),
    ],
)
async def test_a_bad_question_is_refused(app: App, query: dict[str, Any], code: str, broken: dict[str, str]) -> None:
    ming = await app.someone()

    answer = await ming.get("/memory/items", **query)

    assert (answer.status, answer.code, answer.broken) == (422, code, broken)


async def test_another_persons_memory_does_not_exist(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    memory = await ming.remembers(MORNINGS)

    refused = [
        await li.get(f"/memory/items/{memory}"),
        await li.patch(f"/memory/items/{memory}", {"title": "Mine"}),
        await li.delete(f"/memory/items/{memory}"),
        await li.delete(f"/memory/items/{memory}", query={"erase": "true"}),
        await li.post(f"/memory/items/{memory}/restore"),
    ]

    assert [(answer.status, answer.code) for answer in refused] == [(404, "40055")] * 5
    assert (await ming.get(f"/memory/items/{memory}")).data["title"] == MORNINGS
    assert await li.remembers(MORNINGS) != memory


async def test_writes_want_a_key_and_keep_to_it(app: App) -> None:
    ming = await app.someone()
    body = {"memory_type": "fact", "content": "x"}

    assert (await ming.post("/memory/items", body, key=None)).code == "40037"
    first = await ming.post("/memory/items", body, key="k")
    assert (await ming.post("/memory/items", body, key="k")).data == first.data
    assert (await ming.post("/memory/items", {**body, "content": "y"}, key="k")).code == "42202"
    assert (await ming.put("/memory/settings", switches(), key=None)).code == "40037"


async def test_hot_routes_keep_to_their_budget_of_statements(app: App) -> None:
    ming = await app.someone()
    await ming.remembers(MORNINGS)
    await ming.get("/memory/search", q="maths")

    async with app.statements(at_most=10):
        await ming.remembers("I major in physics.")
    async with app.statements(at_most=2):
        await ming.get("/memory/items")
    async with app.statements(at_most=3):
        await ming.get("/memory/search", q="maths")
    async with app.statements(at_most=1):
        await ming.get("/memory/search", q="physics")


def switches(*, memory: bool = True, implicit: bool = True, sensitive: bool = False) -> dict[str, bool]:
    """The settings as they are sent."""
    return {"memory_enabled": memory, "implicit_memory_enabled": implicit, "sensitive_memory_enabled": sensitive}
