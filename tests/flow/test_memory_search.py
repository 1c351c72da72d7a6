"""Finding memories by words, and the switches, through the front door."""

from typing import Any

import pytest

from smartflow.client.memory import MemoryChanged
from tests.flow.test_memory import MORNINGS, switches
from tests.kit.app import App, Somebody


async def searched(ming: Somebody, words: str, **query: Any) -> list[Any]:
    answer = await ming.get("/memory/search", q=words, **query)
    assert answer.status == 200, answer.body
    return list(answer.data)


async def found(ming: Somebody, words: str, **query: Any) -> list[int]:
    return [each["id"] for each in await searched(ming, words, **query)]


async def test_memories_are_found_by_words_in_any_form_those_that_fit_best_first(app: App) -> None:
    ming = await app.someone()
    maths = await ming.remembers(MORNINGS)
    running = await ming.remembers("I go running on Sundays, never in the morning", kind="constraint")
    chinese = await ming.remembers("我习惯早上学数学", kind="fact")

    assert await found(ming, "Morning math") == [maths, running]
    assert await found(ming, "does she run on a sunday?") == [running]
    assert await found(ming, "数学") == [chinese]
    assert await found(ming, "早上") == [chinese]
    assert await found(ming, "数") == [chinese]
    assert await found(ming, "chemistry 化学") == []
    assert await found(ming, "?!") == []
    assert await found(ming, "morning", memory_types="constraint,fact") == [running]
    assert await found(ming, "morning", limit=1) == [maths]


async def test_what_is_found_is_shown_whole_with_a_score(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS, importance=1, confidence=1)

    shown = await searched(ming, "maths")

    assert shown == [{**(await ming.get(f"/memory/items/{memory}")).data, "score": 1.0}]


async def test_a_title_of_its_own_is_searched_too(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers("Never before noon.", title="Breakfast")

    assert await found(ming, "breakfasts") == [memory]


async def test_a_change_is_found_at_once_by_its_new_words_only(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)
    assert await found(ming, "maths") == [memory]

    await ming.patch(f"/memory/items/{memory}", {"content": "I like chemistry at night."})

    assert await found(ming, "maths") == []
    assert await found(ming, "night") == [memory]


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ({}, {"q": "required"}),
        ({"q": " "}, {"q": "length"}),
        ({"q": "长" * 201}, {"q": "length"}),
        ({"q": "x", "memory_types": "wish"}, {"memory_types[0]": "enum"}),
        ({"q": "x", "limit": 0}, {"limit": "min"}),
    ],
)
async def test_a_bad_search_is_refused(app: App, query: dict[str, Any], broken: dict[str, str]) -> None:
    ming = await app.someone()

    answer = await ming.get("/memory/search", **query)

    assert (answer.status, answer.broken) == (422, broken)


async def test_the_settings_have_defaults_and_are_set_as_a_whole(app: App) -> None:
    ming = await app.someone()
    assert (await ming.get("/memory/settings")).data == {**switches(), "updated_at": None}

    done = await ming.put("/memory/settings", switches(memory=False, sensitive=True))
    same = await ming.put("/memory/settings", switches(memory=False, sensitive=True))
    partly = await ming.put("/memory/settings", {"memory_enabled": True})

    assert done.data == {**switches(memory=False, sensitive=True), "updated_at": "2026-09-14T10:00:00+08:00"}
    assert same.data == done.data == (await ming.get("/memory/settings")).data
    assert (partly.status, partly.code) == (422, "40004")
    assert set(partly.broken) == {"implicit_memory_enabled", "sensitive_memory_enabled"}
    assert [(event.action, event.memory_ids) for event in await app.told(MemoryChanged, ming)] == [("settings", ())]


async def test_with_memory_off_nothing_is_found_and_everything_stays_visible(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS)

    await ming.put("/memory/settings", switches(memory=False))

    assert await found(ming, "maths") == []
    assert [each["id"] for each in (await ming.get("/memory/items")).data] == [memory]
    await ming.put("/memory/settings", switches())
    assert await found(ming, "maths") == [memory]


async def test_what_was_not_said_explicitly_is_neither_made_nor_found_when_that_is_off(app: App) -> None:
    ming = await app.someone()
    memory = await ming.remembers(MORNINGS, is_explicit=False)
    await ming.put("/memory/settings", switches(implicit=False))

    refused = await ming.post("/memory/items", {"memory_type": "fact", "content": "x", "is_explicit": False})

    assert (refused.status, refused.broken) == (422, {"is_explicit": "implicit_memory_enabled"})
    assert refused.data["errors"][0]["message"] == "By the settings, only what was said explicitly is remembered."
    assert await found(ming, "maths") == []
    await ming.patch(f"/memory/items/{memory}", {"is_explicit": True})
    assert await found(ming, "maths") == [memory]


async def test_what_is_sensitive_is_neither_made_nor_found_unless_that_is_on(app: App) -> None:
    ming = await app.someone()
    await ming.put("/memory/settings", switches(sensitive=True))
    memory = await ming.remembers("I am allergic to maths", sensitivity_level=1)
    assert await found(ming, "allergic") == [memory]

    await ming.put("/memory/settings", switches())

    assert await found(ming, "allergic") == []
    assert (await ming.patch(f"/memory/items/{memory}", {"title": "Allergy"})).status == 200
    assert (await ming.patch(f"/memory/items/{memory}", {"sensitivity_level": 2})).broken == {
        "sensitivity_level": "sensitive_memory_enabled"
    }


async def test_settings_are_of_one_person(app: App) -> None:
    ming, li = await app.someone(), await app.someone()
    await ming.put("/memory/settings", switches(memory=False))
    memory = await li.remembers(MORNINGS)

    assert await found(li, "maths") == [memory]
    assert (await li.get("/memory/settings")).data["memory_enabled"] is True
