"""How memories go: deleted, restored, erased, over; and what is left of them, through the front door."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from smartflow.client.memory import MemoryChanged
from smartflow.cmd.schema import schema
from smartflow.shared.kernel.ids import OwnerId
from tests.flow.test_isolation import rows_of
from tests.flow.test_memory import IN_A_WEEK, MORNINGS
from tests.kit.app import App, Somebody
from tests.kit.people import PASSWORD, twice

SECRET_WISH = "Nobody shall know of the harpsichord"


async def status(ming: Somebody, memory: int) -> str:
    return str((await ming.get(f"/memory/items/{memory}")).data["status"])


async def found(ming: Somebody, words: str) -> list[int]:
    answer = await ming.get("/memory/search", q=words)
    assert answer.status == 200, answer.body
    return [each["id"] for each in answer.data]


async def exported(app: App, ming: Somebody) -> list[Any]:
    answer = await app.http.get("/api/v1/memory/export", headers={"Authorization": f"Bearer {ming.tokens['access_token']}"})
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def rows(app: App, table: str, **where: Any) -> list[Any]:
    found = schema().tables[table]
    async with app.product.host.database.read() as reader:
        query = select(found).where(*(found.c[name] == value for name, value in where.items()))
        return list(await reader.all(query.order_by(*found.primary_key)))


async def test_a_deleted_memory_is_out_of_sight_and_comes_back(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)
    before = (await ming.get(f"/memory/items/{memory}")).data

    gone = await ming.delete(f"/memory/items/{memory}", {"reason": "changed my mind"})
    again = await ming.delete(f"/memory/items/{memory}")

    assert (gone.status, gone.data) == (200, {**before, "status": "deleted"})
    assert again.data == gone.data
    assert (await ming.get("/memory/items")).data == []
    assert await found(ming, "maths") == []
    assert await exported(app, ming) == []
    assert (await ming.patch(f"/memory/items/{memory}", {"title": "x"})).code == "40055"
    back = await ming.post(f"/memory/items/{memory}/restore", {"reason": "after all"})
    assert back.data == before
    assert (await ming.post(f"/memory/items/{memory}/restore")).data == before
    assert await found(ming, "maths") == [memory]
    actions = [event.action for event in await app.told(MemoryChanged, ming)]
    assert actions == ["added", "deleted", "restored"]
    assert [(row.operation, row.actor, row.reason) for row in await rows(app, "memory_audit", user_id=ming.id)] == [
        ("added", "person", None),
        ("deleted", "person", "changed my mind"),
        ("restored", "person", "after all"),
    ]


async def test_what_took_the_place_of_a_restored_memory_is_archived(app: App) -> None:
    ming = await app.someone()
    old = await ming.remembers(MORNINGS)
    await ming.delete(f"/memory/items/{old}")
    new = await ming.remembers(MORNINGS)

    back = (await ming.post(f"/memory/items/{old}/restore")).data

    assert new != old
    assert (back["status"], back["supersedes"]) == ("active", new)
    other = (await ming.get(f"/memory/items/{new}")).data
    assert (other["status"], other["superseded_by"]) == ("archived", old)
    assert await found(ming, "maths") == [old]
    swapped = (await ming.post(f"/memory/items/{new}/restore")).data
    assert (swapped["status"], swapped["supersedes"], swapped["superseded_by"]) == ("active", old, None)
    assert await status(ming, old) == "archived"


async def test_an_erased_memory_is_gone_with_every_text_of_it(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers("I play the flute")
    other = await ming.remembers("I play the organ")
    await ming.patch(f"/memory/items/{memory}", {"content": SECRET_WISH, "reason": f"{SECRET_WISH}!"})
    await ming.delete(f"/memory/items/{memory}", {"reason": SECRET_WISH})
    assert "harpsichord" in str(await rows_of(app, ming))

    gone = await ming.delete(f"/memory/items/{memory}", query={"erase": "true"})

    assert (gone.status, gone.data) == (200, {"id": memory, "erased": True})
    left = str(await rows_of(app, ming))
    assert "harpsichord" not in left
    assert "flute" not in left
    assert "organ" in left
    assert (await ming.get(f"/memory/items/{memory}")).code == "40055"
    assert (await ming.delete(f"/memory/items/{memory}", query={"erase": "true"})).code == "40055"
    assert (await ming.post(f"/memory/items/{memory}/restore")).code == "40055"
    assert [each["id"] for each in (await ming.get("/memory/items", statuses="active,archived,deleted")).data] == [other]
    kept = await rows(app, "memory_audit", user_id=ming.id, memory_id=memory)
    assert [row.operation for row in kept] == ["added", "changed", "deleted", "erased"]
    assert {(row.actor, row.reason, row.before, row.after) for row in kept} == {(None, None, None, None)}


async def test_the_stored_answers_of_others_and_of_other_memories_stay(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    body = {"memory_type": "fact", "content": "I play the flute"}
    first = await ming.post("/memory/items", body, key="first")
    second = await ming.post("/memory/items", {**body, "content": "I play the organ"}, key="second")
    await li.post("/memory/items", body, key="first")

    assert (await ming.delete(f"/memory/items/{first.data['id']}", {"erase": True}, key="erase")).status == 200

    assert (await ming.delete(f"/memory/items/{first.data['id']}", {"erase": True}, key="erase")).data["erased"] is True
    assert (await ming.post("/memory/items", {**body, "content": "I play the organ"}, key="second")).data == second.data
    assert (await li.post("/memory/items", body, key="first")).headers["idempotency-replayed"] == "true"


async def test_links_to_what_is_erased_go_with_it(app: App) -> None:
    ming = await app.someone()
    old = await ming.remembers(MORNINGS)
    await ming.delete(f"/memory/items/{old}")
    new = await ming.remembers(MORNINGS)
    await ming.post(f"/memory/items/{old}/restore")

    await ming.delete(f"/memory/items/{old}", query={"erase": "true"})

    assert (await ming.get(f"/memory/items/{new}")).data["superseded_by"] is None


async def test_erasing_and_restoring_at_once_leaves_nothing_half_done(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)
    await ming.delete(f"/memory/items/{memory}")
    clicks = [
        lambda: ming.delete(f"/memory/items/{memory}", query={"erase": "true"}),
        lambda: ming.post(f"/memory/items/{memory}/restore"),
    ]

    await twice(lambda: clicks.pop()())

    assert await found(ming, "maths") == []
    assert (await ming.get(f"/memory/items/{memory}")).code == "40055"


async def test_what_is_over_is_archived_at_once_and_told_by_the_sweep(own_app: App) -> None:
    ming = await own_app.someone()
    memory = await ming.remembers(MORNINGS, ttl_at=IN_A_WEEK)
    lasting = await ming.remembers("I like maths at noon.")

    own_app.clock.advance(timedelta(days=7))
    await ming.again()
    before = (await ming.get("/memory/items", statuses="archived")).data

    assert [each["id"] for each in before] == [memory]
    assert await found(ming, "maths") == [lasting]
    assert [each["status"] for each in await exported(own_app, ming)] == ["active", "archived"]
    for _ in range(2):
        await own_app.run_loop("memory.expired")
    assert await status(ming, memory) == "archived"
    told = await own_app.told(MemoryChanged, ming)
    assert [(event.action, event.memory_ids) for event in told][2:] == [("archived", (memory,))]
    back = (await ming.post(f"/memory/items/{memory}/restore")).data
    assert (back["status"], back["ttl_at"]) == ("active", None)


async def test_what_is_over_gives_its_place_to_the_same_words(own_app: App) -> None:
    ming = await own_app.someone()
    old = await ming.remembers(MORNINGS, ttl_at=IN_A_WEEK)
    other = await ming.remembers("Noon", ttl_at=IN_A_WEEK)
    evenings = await ming.remembers("Evenings")
    own_app.clock.advance(timedelta(days=7))
    await ming.again()

    new = await ming.remembers(MORNINGS)
    changed = await ming.patch(f"/memory/items/{evenings}", {"content": "noon"})
    kept = await ming.patch(f"/memory/items/{old}", {"title": "Then"})

    assert new != old
    assert changed.status == 200
    assert (kept.data["status"], kept.data["title"]) == ("archived", "Then")
    assert [await status(ming, each) for each in (old, other, new, evenings)] == ["archived", "archived", "active", "active"]
    assert [event.action for event in await own_app.told(MemoryChanged, ming)][3:] == [
        "archived",
        "added",
        "archived",
        "changed",
        "changed",
    ]


async def test_an_expired_memory_that_no_sweep_has_seen_comes_back(own_app: App) -> None:
    ming = await own_app.someone()
    memory = await ming.remembers(MORNINGS, ttl_at=IN_A_WEEK)
    own_app.clock.advance(timedelta(days=7))
    await ming.again()

    assert (await ming.post(f"/memory/items/{memory}/restore")).data["status"] == "active"
    assert await found(ming, "maths") == [memory]


async def test_a_deleted_memory_is_erased_after_thirty_days(own_app: App) -> None:
    ming = await own_app.someone()
    memories = [await ming.remembers(f"{SECRET_WISH} {number}") for number in range(3)]
    for memory in memories[:2]:
        await ming.delete(f"/memory/items/{memory}")

    own_app.clock.advance(timedelta(days=30))
    await own_app.run_loop("memory.deleted")
    await ming.again()
    assert await status(ming, memories[0]) == "deleted"
    own_app.clock.advance(timedelta(seconds=1))
    for _ in range(2):
        await own_app.run_loop("memory.deleted")

    assert [each["id"] for each in (await ming.get("/memory/items", statuses="active,archived,deleted")).data] == memories[2:]
    assert [row.id for row in await rows(own_app, "memory_items", user_id=ming.id)] == memories[2:]
    assert [event.memory_ids for event in await own_app.told(MemoryChanged, ming) if event.action == "erased"] == [tuple(memories[:2])]


async def test_of_a_deleted_account_nothing_is_remembered(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    for somebody in (ming, li):
        await somebody.remembers(MORNINGS)
        await somebody.delete(f"/memory/items/{await somebody.remembers('x')}")
        await somebody.put("/memory/settings", {"memory_enabled": True, "implicit_memory_enabled": True, "sensitive_memory_enabled": True})

    assert (await ming.delete("/user/me", {"password": PASSWORD})).status == 200
    await app.settle()

    for table in ("memory_items", "memory_sources", "memory_audit", "memory_settings"):
        assert await rows(app, table, user_id=OwnerId(ming.id)) == []
        assert await rows(app, table, user_id=OwnerId(li.id)) != []


async def test_the_export_is_a_file_of_json_lines_without_deleted_ones(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    memories = [await ming.remembers(f"Fact {number}", kind="fact") for number in range(102)]
    await ming.delete(f"/memory/items/{memories[0]}")
    await li.remembers("Li's own")

    answer = await app.http.get("/api/v1/memory/export", headers={"Authorization": f"Bearer {ming.tokens['access_token']}"})

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="memories.jsonl"'
    assert [each["id"] for each in await exported(app, ming)] == list(reversed(memories[1:]))
    assert (await exported(app, ming))[0] == (await ming.get(f"/memory/items/{memories[-1]}")).data
