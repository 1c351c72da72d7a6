"""Who comes late or only looks on: nobody is held up, nothing runs for who is gone, nobody's lease is taken."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from smartflow.shared.database import effects, erased
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.purge import purge
from smartflow.shared.events.subscriptions import Settle, Subscriptions
from smartflow.shared.events.tables import inbox, outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.backbone import Counted, Ground, count_in, ground, note
from tests.kit.ports import Boom

Opened = Callable[..., AbstractAsyncContextManager[Ground]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return lambda *subscriptions: ground(tmp_path / "base.db", *subscriptions)


async def states(base: Ground) -> dict[str, int]:
    async with base.database.read() as reader:
        rows = await reader.all(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {row[0]: row[1] for row in rows}


async def test_who_looks_on_and_fails_holds_nobody_up(opened: Opened) -> None:
    seen: list[int] = []

    def look(event: Counted) -> None:
        seen.append(event.number)
        raise Boom

    subscriptions = Subscriptions("looker")
    subscriptions.tap(Counted, look)
    async with opened(subscriptions) as base:
        await base.count(1)
        await base.count(1)
        await base.backbone.settle()

        async with base.database.read() as reader:
            assert [row.state for row in await reader.all(select(outbox.c.state))] == ["sent", "sent"]
    assert seen == [1, 2]


async def test_a_late_failure_leaves_the_event_to_who_has_taken_it_since(opened: Opened) -> None:
    async def reaction(event: Counted, settle: Settle) -> None:
        del event, settle
        async with base.database.work() as unit:  # another worker takes it over, as after a long sleep
            await unit.run(update(inbox).values(lease="another"))
        raise Boom

    subscriptions = Subscriptions("worker")
    subscriptions.work(Counted, reaction)
    async with opened(subscriptions) as base:
        await base.count(1)
        await base.backbone.settle()

        async with base.database.read() as reader:
            row = await reader.first(select(inbox.c.lease, inbox.c.attempts, inbox.c.state))
    assert row is not None
    assert (row.lease, row.attempts, row.state) == ("another", 0, "work")


@pytest.mark.parametrize("apart", [False, True])
async def test_what_waited_for_somebody_who_is_gone_has_no_effect(opened: Opened, *, apart: bool) -> None:
    ran: list[int] = []
    fails = True

    async def again(unit: Unit, event: Counted) -> None:
        if fails:
            raise Boom
        ran.append(event.number)
        await note(unit, event)

    async def work(event: Counted, settle: Settle) -> None:
        del settle
        if fails:
            raise Boom
        ran.append(event.number)

    subscriptions = Subscriptions("listener")
    if apart:
        subscriptions.work(Counted, work)
    else:
        subscriptions.on(Counted, again)
    async with opened(subscriptions) as base:
        await base.count(1)
        await base.backbone.settle()
        async with base.database.work() as unit:
            await erased.remember(unit, OwnerId(1))
        fails = False
        base.clock.advance(timedelta(minutes=20))
        await base.backbone.settle()

        assert await states(base) == {"done": 1}
    assert ran == []


async def test_old_answers_and_old_names_of_the_erased_are_forgotten_in_portions(opened: Opened) -> None:
    async with opened() as base:
        for number in range(3):
            call = Call(owner=OwnerId(1), request_id="r", key=str(uuid4()), fingerprint="f")
            async with base.database.work(call) as unit:
                unit.answer(await count_in(unit, number))
        async with base.database.work() as unit:
            await erased.remember(unit, OwnerId(9))
        base.clock.advance(timedelta(days=31))
        await purge(base.database)
        kept = (await base.rows(effects.effects), await base.rows(erased.erased))
        base.clock.advance(timedelta(days=31))
        await purge(base.database)

        assert kept == (0, 1)
        assert await base.rows(erased.erased) == 0
