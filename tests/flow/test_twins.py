"""Two identical requests at once under one key: one effect, one answer. For every route that takes a key."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from smartflow.cmd.schema import schema
from smartflow.gateway.route import KEYED
from tests.kit.app import App, Somebody
from tests.kit.belongings import WORKING, everything
from tests.kit.people import Answer, twice


def test_every_route_with_a_key_is_tried(app: App) -> None:
    keyed = {f"{route.method} {route.path.removeprefix('/api/v1')}" for route in app.product.gateway.routes.all if route.opt & KEYED}

    assert keyed == set(WORKING)


@pytest.mark.parametrize("name", WORKING)
async def test_twins_have_one_effect_and_one_answer(app: App, name: str) -> None:
    ming, li = await app.someone(), await app.someone()
    method, path = name.split(" ")
    clicks = []
    for somebody in (ming, li):
        request = WORKING[name](await everything(app, somebody))
        clicks.append(partial(somebody.ask, method, path.format(**request.path), key="one-click", **request.rest()))
    before = await rows(app, ming)
    assert await rows(app, li) == before

    alone = await clicks[0]()
    first, second = await twice(clicks[1])
    late = await clicks[1]()

    assert [each.status for each in (alone, first, second, late)] == [200] * 4, [each.body for each in (alone, first, second)]
    assert said(first) == said(second) == said(late)
    assert {each.headers.get("idempotency-replayed") for each in (first, second)} == {None, "true"}
    assert late.headers.get("idempotency-replayed") == "true"
    await app.settle()
    after = await rows(app, ming)
    assert after != before
    assert await rows(app, li) == after


def said(answer: Answer) -> Any:
    return {name: value for name, value in answer.body.items() if name != "request_id"}


async def rows(app: App, somebody: Somebody) -> dict[str, int]:
    """Count what a person has in every table."""
    counts = {}
    async with app.product.host.database.read() as reader:
        for table in schema().sorted_tables:
            owner = table.c.get("user_id", table.c.get("owner"))
            if owner is not None:
                counts[table.name] = await reader.value(select(func.count()).select_from(table).where(owner == somebody.id))
    return counts
