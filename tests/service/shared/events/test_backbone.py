"""The backbone: committed facts reach every subscriber once, in order per key."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError

from smartflow.shared.database.unit import Unit
from smartflow.shared.events import operate
from smartflow.shared.events.purge import purge
from smartflow.shared.events.subscriptions import Settle, Subscriptions
from smartflow.shared.events.tables import inbox, operations, outbox
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from tests.kit.backbone import Counted, Ground, ground, note, seen
from tests.kit.ports import Boom

Opened = Callable[..., AbstractAsyncContextManager[Ground]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return lambda *subscriptions: ground(tmp_path / "base.db", *subscriptions)


def listening(reaction=note, name: str = "listener", **rules: int) -> Subscriptions:
    subscriptions = Subscriptions(name)
    subscriptions.on(Counted, reaction, **rules)
    return subscriptions


async def test_every_subscriber_hears_every_fact_once_and_in_order(opened: Opened) -> None:
    async with opened(listening(), listening(name="another")) as base:
        for _ in range(250):
            await base.count(1)
        await base.backbone.settle()

        assert sorted(await base.seen(1)) == sorted([*range(1, 251)] * 2)
        assert (await base.seen(1))[:250] == [*range(1, 251)]


async def test_a_fact_sent_twice_has_one_effect(opened: Opened) -> None:
    async with opened(listening()) as base:
        base.faults.fail("relay.published")
        await base.count(1)
        with pytest.raises(Boom):
            await base.backbone.settle()
        await base.backbone.settle()

        assert await base.seen(1) == [1]
        assert await _states(base, outbox) == {"sent": 1}


@pytest.mark.parametrize(
    "point", ["inbox.before_commit", "inbox.after_commit", "relay.published", "relay.before_commit", "relay.after_commit"]
)
async def test_a_failure_at_any_moment_loses_and_doubles_nothing(opened: Opened, point: str) -> None:
    async with opened(listening()) as base:
        for _ in range(5):
            await base.count(1)
        base.faults.fail(point)
        await _settle_through_failures(base)

        assert await base.seen(1) == [1, 2, 3, 4, 5]
        assert await _states(base, outbox) == {"sent": 5}


async def test_a_failing_reaction_holds_up_its_own_key_and_no_other(opened: Opened) -> None:
    broken = True

    async def picky(unit: Unit, event: Counted) -> None:
        if event.owner == 1 and event.number == 1 and broken:
            raise Boom("what a person said")
        await note(unit, event)

    async with opened(listening(picky)) as base:
        for owner in (1, 2, 1, 2):
            await base.count(owner)
        await base.backbone.settle()
        assert await base.seen(1) == []
        assert await base.seen(2) == [1, 2]

        broken = False
        base.clock.advance(timedelta(minutes=1))
        await base.backbone.settle()
        assert await base.seen(1) == [1, 2]


async def test_a_reaction_that_never_works_is_dead_visible_and_lets_the_next_pass(opened: Opened) -> None:
    async def broken(unit: Unit, event: Counted) -> None:
        if event.number == 1:
            raise Boom
        await note(unit, event)

    async with opened(listening(broken, tries=3)) as base:
        await base.count(1)
        await base.count(1)
        for _ in range(4):
            await base.backbone.settle()
            base.clock.advance(timedelta(minutes=30))

        assert await _states(base, inbox) == {"dead": 1, "done": 1}
        assert await base.seen(1) == [2]
        async with base.database.read() as reader:
            dead = await reader.first(select(inbox).where(inbox.c.state == "dead"))
        assert dead is not None
        assert re.fullmatch(r"Boom at test_backbone\.py:\d+", dead.last_error)
        assert dead.payload


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (ValueError("the words of a person"), "ValueError"),
        (InvalidInput([FieldError("title", "length", facts={"text": "the words of a person"})]), "InvalidInput 42201"),
    ],
)
async def test_of_an_error_its_name_is_kept_and_not_its_words(opened: Opened, error: Exception, kept: str) -> None:
    async def broken(unit: Unit, event: Counted) -> None:
        raise error

    async with opened(listening(broken)) as base:
        await base.count(1)
        await base.backbone.settle()

        async with base.database.read() as reader:
            told = await reader.value(select(inbox.c.last_error))
        assert re.fullmatch(rf"{kept} at test_backbone\.py:\d+", told)


async def test_of_an_inbox_that_cannot_take_a_fact_its_error_is_named_alone(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        async with base.database.work() as unit:
            await unit.run(text("ALTER TABLE inbox RENAME TO lost"))
        with pytest.raises(OperationalError):
            await base.backbone.settle()

        async with base.database.read() as reader:
            told = await reader.value(select(outbox.c.last_error))
        assert re.fullmatch(r"OperationalError at \w+\.py:\d+", told)


async def test_work_runs_outside_any_transaction_and_settles_once(opened: Opened) -> None:
    async def work(event: Counted, settle: Settle) -> None:
        async with settle() as unit:
            await note(unit, event)

    subscriptions = Subscriptions("worker")
    subscriptions.work(Counted, work)
    async with opened(subscriptions) as base:
        for _ in range(3):
            await base.count(1)
        await base.backbone.settle()
        await base.backbone.settle()

        assert await base.seen(1) == [1, 2, 3]
        assert await _states(base, inbox) == {"done": 3}


async def test_work_that_dies_before_it_settles_is_done_again_after_its_lease(opened: Opened) -> None:
    attempts = 0

    async def work(event: Counted, settle: Settle) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise asyncio.CancelledError
        async with settle() as unit:
            await note(unit, event)

    subscriptions = Subscriptions("worker")
    subscriptions.work(Counted, work)
    async with opened(subscriptions) as base:
        await base.count(1)
        with pytest.raises(asyncio.CancelledError):
            await base.backbone.settle()
        await base.backbone.settle()
        assert await base.seen(1) == []

        base.clock.advance(timedelta(minutes=6))
        await base.backbone.settle()
        assert await base.seen(1) == [1]


async def test_a_worker_that_slept_past_its_lease_settles_nothing(opened: Opened) -> None:
    async def work(event: Counted, settle: Settle) -> None:
        async with base.database.work() as unit:
            await unit.run(update(inbox).values(lease="another"))
        async with settle() as unit:
            await note(unit, event)

    subscriptions = Subscriptions("worker")
    subscriptions.work(Counted, work)
    async with opened(subscriptions) as base:
        await base.count(1)
        await base.backbone.settle()

        assert await base.seen(1) == []


async def test_a_newer_version_waits_and_spends_no_tries(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        async with base.database.work() as unit:
            await unit.run(update(outbox).values(schema_version=9))
        for _ in range(3):
            await base.backbone.settle()
            base.clock.advance(timedelta(hours=1))

        async with base.database.read() as reader:
            row = await reader.first(select(inbox))
        assert row is not None
        assert (row.state, row.attempts) == ("retry", 0)


async def test_what_cannot_be_read_is_dead_at_once_and_not_dropped(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        async with base.database.work() as unit:
            await unit.run(update(outbox).values(payload="{"))
        await base.backbone.settle()

        assert await _states(base, inbox) == {"dead": 1}


async def test_an_outage_of_the_bus_delays_facts_and_loses_none(opened: Opened) -> None:
    async with opened() as base:
        away = True

        async def receive(messages: object) -> None:
            if away:
                raise Boom
            async with base.database.work() as unit:
                await unit.run(insert(seen).values(owner=9, number=len(list(messages))))  # type: ignore[call-overload]

        base.bus.join("group", frozenset({Counted.kind}), receive)
        for _ in range(20):
            await base.count(1)
            await base.backbone.settle()
            base.clock.advance(timedelta(seconds=30))
        assert await _states(base, outbox) == {"pending": 20}

        away = False
        base.clock.advance(timedelta(minutes=1))
        await base.backbone.settle()
        assert await base.seen(9) == [20]


async def test_a_relay_that_lost_its_lease_marks_nothing(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        thief = base.backbone.relays["test"]

        async def steal(messages: object) -> None:
            del messages
            async with base.database.work() as unit:
                from smartflow.shared.database.lease import leases

                await unit.run(update(leases).values(holder="thief", fence=99))

        base.bus.join("thief", frozenset({Counted.kind}), steal)
        await thief.step()

        assert await _states(base, outbox) == {"pending": 1}


async def test_whoever_looks_on_sees_what_passes(opened: Opened) -> None:
    looked: list[int] = []
    subscriptions = Subscriptions("looker")
    subscriptions.tap(Counted, lambda event: looked.append(event.number))
    async with opened(subscriptions) as base:
        await base.count(1)
        await base.backbone.settle()

    assert looked == [1]


async def test_what_is_over_is_forgotten_after_its_time(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        await base.backbone.settle()
        await purge(base.database)
        assert await base.rows(outbox) == await base.rows(inbox) == 1

        base.clock.advance(timedelta(days=8))
        await purge(base.database)
        assert (await base.rows(outbox), await base.rows(inbox)) == (0, 1)

        base.clock.advance(timedelta(days=8))
        await purge(base.database)
        assert await base.rows(inbox) == 0


def test_one_service_reacts_twice_only_under_two_names() -> None:
    subscriptions = listening()
    with pytest.raises(ValueError, match="needs a name"):
        subscriptions.on(Counted, note)
    subscriptions.on(Counted, note, as_="again")
    assert set(subscriptions.reactions) == {"listener", "listener.again"}


async def _states(base: Ground, table: object) -> dict[str, int]:
    from sqlalchemy import func

    async with base.database.read() as reader:
        rows = await reader.all(select(table.c.state, func.count()).group_by(table.c.state))  # type: ignore[attr-defined]
    return {row[0]: row[1] for row in rows}


async def _settle_through_failures(base: Ground) -> None:
    for _ in range(6):
        try:
            await base.backbone.settle()
        except Boom:
            continue
        base.clock.advance(timedelta(minutes=1))


async def test_an_operator_sees_what_is_stuck_and_replays_or_skips_it(opened: Opened) -> None:
    broken = True

    async def reaction(unit: Unit, event: Counted) -> None:
        if broken:
            raise Boom
        await note(unit, event)

    async with opened(listening(reaction, tries=1)) as base:
        for owner in (1, 2):
            await base.count(owner)
        await base.backbone.settle()
        async with base.database.read() as reader:
            first, second = await operate.listed(reader, "dead", 10)
            counted = {(row.where, row.state): row.count for row in await operate.status(reader)}
            places = await operate.show(reader, first.event_id)
        assert counted == {("outbox", "sent"): 2, ("inbox", "dead"): 2}
        assert [place.where for place in places] == ["outbox", "inbox"]

        broken = False
        async with base.database.work() as unit:
            assert await operate.replay(unit, first.event_id) == 1
            assert await operate.skip(unit, second.event_id, "the reaction was wrong") == 1
            with pytest.raises(operate.NoSuchEvent):
                await operate.replay(unit, second.event_id)
        await base.backbone.settle()

        assert (await base.seen(first.user_id), await base.seen(second.user_id)) == ([1], [])
        assert await base.rows(operations) == 2


async def test_an_event_that_is_nowhere_is_not_shown(opened: Opened) -> None:
    async with opened() as base, base.database.read() as reader:
        with pytest.raises(operate.NoSuchEvent):
            await operate.show(reader, UUID(int=1))
