"""Units: one transaction, one instant, one answer per key."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from smartflow.shared.database.effects import Replay, effects
from smartflow.shared.database.guard import nothing_open
from smartflow.shared.events.tables import outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import KeyReused
from tests.kit.backbone import Ground, count_in, ground, seen
from tests.kit.ports import Boom

CALL = Call(owner=OwnerId(1), request_id="r", key="k", fingerprint="f")


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(tmp_path / "base.db") as made:
        yield made


async def test_state_and_event_commit_together(base: Ground) -> None:
    await base.count(1)

    assert await base.counter(1) == 1
    assert await base.rows(outbox) == 1


async def test_a_unit_that_fails_leaves_nothing(base: Ground) -> None:
    with pytest.raises(Boom):
        async with base.database.work(CALL) as unit:
            unit.answer(await count_in(unit, 1))
            raise Boom

    assert await base.counter(1) == 0
    assert await base.rows(outbox) == await base.rows(effects) == 0


async def test_a_unit_that_fails_in_the_middle_of_a_group_takes_nobody_along(base: Ground) -> None:
    async def fail() -> None:
        async with base.database.work() as unit:
            await count_in(unit, 2)
            raise Boom

    ends = await asyncio.gather(base.count(1), fail(), base.count(1), fail(), base.count(3), return_exceptions=True)

    assert [type(end) for end in ends] == [int, Boom, int, Boom, int]
    assert [await base.counter(owner) for owner in (1, 2, 3)] == [2, 0, 1]


async def test_many_units_share_commits_and_none_is_lost(base: Ground) -> None:
    await asyncio.gather(*(base.count(owner % 7) for owner in range(300)))

    assert sum([await base.counter(owner) for owner in range(7)]) == 300
    assert await base.rows(outbox) == 300


async def test_a_key_answered_before_is_answered_the_same_and_has_one_effect(base: Ground) -> None:
    async with base.database.work(CALL) as unit:
        unit.answer(await count_in(unit, 1))

    with pytest.raises(Replay) as replay:
        async with base.database.work(CALL) as unit:
            unit.answer(await count_in(unit, 1))

    assert replay.value.stored == b"1"
    assert await base.counter(1) == 1


async def test_twins_at_once_have_one_effect_and_the_later_waits_for_the_commit(base: Ground) -> None:
    async def click() -> bytes:
        try:
            async with base.database.work(CALL) as unit:
                return str(unit.answer(await count_in(unit, 1))).encode()
        except Replay as replay:
            assert await base.counter(1) == 1
            return replay.stored

    assert set(await asyncio.gather(*(click() for _ in range(10)))) == {b"1"}
    assert await base.counter(1) == 1


async def test_a_key_used_for_another_request_is_refused(base: Ground) -> None:
    async with base.database.work(CALL) as unit:
        unit.answer(1)

    with pytest.raises(KeyReused):
        async with base.database.work(replace(CALL, fingerprint="other")):
            pytest.fail("a unit was opened")


async def test_the_same_key_of_another_owner_is_another_key(base: Ground) -> None:
    for owner in (1, 2):
        async with base.database.work(replace(CALL, owner=OwnerId(owner))) as unit:
            unit.answer(await count_in(unit, owner))

    assert await base.rows(effects) == 2


async def test_a_failure_at_the_commit_keeps_nothing_and_the_key_can_be_used_again(base: Ground) -> None:
    base.faults.fail("unit.before_commit")
    with pytest.raises(Boom):
        async with base.database.work(CALL) as unit:
            unit.answer(await count_in(unit, 1))
    async with base.database.work(CALL) as unit:
        unit.answer(await count_in(unit, 1))

    assert await base.counter(1) == 1


async def test_an_answer_lost_after_the_commit_is_found_by_its_key(base: Ground) -> None:
    base.faults.fail("unit.after_commit")
    with pytest.raises(Boom):
        async with base.database.work(CALL) as unit:
            unit.answer(await count_in(unit, 1))

    with pytest.raises(Replay):
        async with base.database.work(CALL):
            pytest.fail("a unit was opened")
    assert await base.counter(1) == 1


async def test_a_cancelled_waiter_does_not_keep_a_group_from_its_commit(base: Ground) -> None:
    first, second = asyncio.create_task(base.count(1)), asyncio.create_task(base.count(2))
    await asyncio.sleep(0)
    second.cancel()

    assert await asyncio.wait_for(first, 5) == 1
    assert await base.counter(1) == 1


async def test_a_full_disk_fails_the_unit_that_met_it_and_no_later_one(base: Ground) -> None:
    await base.count(1)
    await _grow_by(base, 3)

    results = await asyncio.wait_for(asyncio.gather(base.count(2), _fill(base), base.count(3), return_exceptions=True), 10)
    await _grow_by(base, 10_000)

    assert isinstance(results[1], OperationalError)
    assert await asyncio.wait_for(base.count(4), 5) == 1
    counted = [await base.counter(owner) for owner in (1, 2, 3, 4)]
    assert counted == [1, *(0 if isinstance(each, Exception) else 1 for each in (results[0], results[2])), 1]
    assert await base.seen(9) == []


@pytest.mark.parametrize("company", [False, True])
async def test_what_sqlite_takes_back_by_itself_takes_the_whole_group_along(base: Ground, *, company: bool) -> None:
    async def struck() -> None:
        async with base.database.work() as unit:
            await count_in(unit, 2)
            await unit.run(text("ROLLBACK"))
            raise Boom

    async def first() -> int:
        async with base.database.work() as unit:
            await asyncio.sleep(0)  # until the others wait for their turns
            return await count_in(unit, 1)

    units = [first(), struck(), base.count(3)] if company else [struck()]
    results = await asyncio.wait_for(asyncio.gather(*units, return_exceptions=True), 10)

    assert [type(each) for each in results] == ([Boom, Boom, int] if company else [Boom])
    assert await asyncio.wait_for(base.count(4), 5) == 1
    assert [await base.counter(owner) for owner in (1, 2, 3, 4)] == [0, 0, int(company), 1]


async def test_a_refusal_that_a_twin_has_overtaken_gives_the_twins_answer(base: Ground) -> None:
    async def twin() -> None:
        async with base.database.work(CALL) as unit:
            unit.answer(await count_in(unit, 1))

    async def asked() -> None:
        async with base.database.once(CALL):
            await twin()
            raise KeyReused

    with pytest.raises(Replay):
        await asked()
    with pytest.raises(Replay):
        await asked()
    assert await base.counter(1) == 1


async def test_a_refusal_that_nobody_has_overtaken_stays_one(base: Ground) -> None:
    with pytest.raises(KeyReused):
        async with base.database.once(CALL):
            raise KeyReused


async def test_a_read_sees_one_state_while_others_write(base: Ground) -> None:
    await base.count(1)
    opened, written = asyncio.Event(), asyncio.Event()

    async def look() -> list[int]:
        async with base.database.read() as reader:
            before = await reader.value(_value_of(1))
            opened.set()
            await written.wait()
            return [before, await reader.value(_value_of(1))]

    looking = asyncio.create_task(look())
    await opened.wait()
    await base.count(1)
    written.set()

    assert await looking == [1, 1]
    assert await base.counter(1) == 2


async def test_nobody_is_asked_while_a_unit_is_open(base: Ground) -> None:
    async with base.database.work():
        with pytest.raises(RuntimeError, match="while a unit is open"):
            nothing_open()
        with pytest.raises(RuntimeError, match="while a unit is open"):
            async with base.database.read():
                pytest.fail("a read was opened")
    nothing_open()


async def test_a_unit_is_not_used_from_another_task(base: Ground) -> None:
    async with base.database.work() as unit:
        with pytest.raises(RuntimeError, match="another task"):
            await asyncio.create_task(unit.value(_value_of(1)))


async def test_many_rows_go_in_portions(base: Ground) -> None:
    from tests.kit.backbone import counters

    async with base.database.work() as unit:
        await unit.bulk(counters, [{"name": number, "value": 1} for number in range(1000)])

    assert await base.rows(counters) == 1000


async def test_a_backup_is_a_whole_database(base: Ground, tmp_path: Path) -> None:
    await base.count(1)
    await base.engine.backup(str(tmp_path / "copy.db"))

    async with ground(tmp_path / "copy.db") as copy:
        assert await copy.counter(1) == 1


async def test_an_error_of_the_database_tells_no_values(base: Ground) -> None:
    with pytest.raises(StatementError) as failed:
        async with base.database.work() as unit:
            await unit.run(text("INSERT INTO seen (id, owner) VALUES (:id, :owner), (:id, :owner)"), {"id": 1, "owner": "a secret"})

    assert "UNIQUE constraint failed" in str(failed.value)
    assert "a secret" not in str(failed.value)


def _value_of(owner: int):
    from sqlalchemy import select

    from tests.kit.backbone import counters

    return select(counters.c.value).where(counters.c.name == owner)


async def _grow_by(base: Ground, pages: int) -> None:
    """Let the file grow by so many pages and no more."""
    async with base.database.work() as unit:
        now = await unit.value(text("PRAGMA page_count"))
        await unit.run(text(f"PRAGMA max_page_count={now + pages}"))


async def _fill(base: Ground) -> None:
    async with base.database.work() as unit:
        await unit.bulk(seen, [{"owner": 9, "number": number} for number in range(20_000)])
