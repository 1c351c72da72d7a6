"""What the backbone tells of itself: numbers for whoever watches it, and for each event the request that it comes from."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from smartflow.shared.bus.bus import Message
from smartflow.shared.database.lease import leases
from smartflow.shared.database.unit import Unit
from smartflow.shared.events.subscriptions import Settle, Subscriptions
from smartflow.shared.events.tables import inbox, outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.trace import Origin, continued, current_origin, current_request
from smartflow.shared.process.logs import configure
from tests.kit.backbone import Counted, Ground, count_in, ground, note
from tests.kit.ports import MONDAY, Boom, ManualClock

Opened = Callable[..., AbstractAsyncContextManager[Ground]]
PARENT = f"00-{7:032x}-{8:016x}-01"
HEARD = {"subscriber": "listener", "kind": Counted.kind}


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return lambda *subscriptions: ground(tmp_path / "base.db", *subscriptions)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[Any]]]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure(stream, ManualClock())
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)


def listening(reaction: Any = note, **rules: int) -> Subscriptions:
    subscriptions = Subscriptions("listener")
    subscriptions.on(Counted, reaction, **rules)
    return subscriptions


def working(reaction: Any) -> Subscriptions:
    subscriptions = Subscriptions("listener")
    subscriptions.work(Counted, reaction)
    return subscriptions


async def counted(base: Ground, request_id: str, owner: int = 1) -> None:
    """Tell a fact on behalf of a request."""
    async with base.database.work(Call(owner=OwnerId(owner), request_id=request_id)) as unit:
        await count_in(unit, owner)


async def told(unit: Unit, event: Counted) -> None:
    """React to the first fact by telling another one."""
    if event.number == 1:
        await count_in(unit, event.owner)


async def test_what_waits_to_be_sent_is_counted_with_its_age(opened: Opened) -> None:
    async with opened() as base:
        await base.count(1)
        base.clock.advance(timedelta(seconds=40))
        await base.count(2)
        await base.backbone.take_stock()
        waited = [base.number(name, publisher="test") for name in ("outbox_backlog", "outbox_oldest_seconds")]

        await base.backbone.settle()
        await base.backbone.take_stock()
        after = [base.number(name, publisher="test") for name in ("outbox_backlog", "outbox_oldest_seconds")]

    assert (waited, after) == ([2, 40], [0, 0])


async def test_batches_are_counted_and_each_fact_s_time_from_its_commit_to_its_acknowledgement(opened: Opened) -> None:
    async with opened(listening()) as base:
        await base.count(1)
        base.clock.advance(timedelta(seconds=2))
        await base.count(1)
        await base.backbone.settle()

        assert base.number("outbox_batches_total", publisher="test", outcome="sent") == 1
        assert base.number("outbox_publish_seconds_count", publisher="test") == 2
        assert base.number("outbox_publish_seconds_sum", publisher="test") == 2


async def test_an_outage_of_the_bus_is_counted_and_told_without_the_words_of_the_error(
    opened: Opened, lines: Callable[[], list[Any]]
) -> None:
    async def receive(messages: object) -> None:
        raise Boom("Ming's secret")

    async with opened() as base:
        base.bus.join("group", frozenset({Counted.kind}), receive)
        await base.count(1)
        await base.backbone.settle()

        assert base.number("outbox_batches_total", publisher="test", outcome="failed") == 1
    line = lines()[-1]
    assert (line["event"], line["publisher"]) == ("relay.failed", "test")
    assert "secret" not in json.dumps(lines())


async def test_a_relay_that_lost_its_lease_says_so_and_asks_for_it_again(opened: Opened) -> None:
    async def steal(messages: object) -> None:
        async with base.database.work() as unit:
            await unit.run(update(leases).values(holder="thief", fence=99))

    async with opened(listening()) as base:
        await base.count(1)
        base.bus.join("thief", frozenset({Counted.kind}), steal)
        sent = await base.backbone.relays["test"].step()
        again = await base.backbone.relays["test"].step()

        assert (sent, again) == (0, 0)
        assert base.number("outbox_batches_total", publisher="test", outcome="lost") == 1
        assert base.number("lease_lost_total", name="relay.test") == 1
        assert base.number("lease_held", name="relay.test") == 0

        base.clock.advance(timedelta(minutes=1))
        base.bus.join("thief", frozenset(), steal)
        assert await base.backbone.relays["test"].step() == 1
        assert base.number("lease_held", name="relay.test") == 1
        await base.backbone.close()
        assert base.number("lease_held", name="relay.test") == 0


async def test_a_reaction_is_counted_once_however_often_its_batch_was_tried(opened: Opened) -> None:
    async def picky(unit: Unit, event: Counted) -> None:
        if event.owner == 2:
            raise Boom
        await note(unit, event)

    async with opened(listening(picky)) as base:
        for owner in (1, 1, 2):
            await base.count(owner)
        await base.backbone.settle()

        assert base.number("inbox_handle_seconds_count", **HEARD) == 2
        assert base.number("inbox_retries_total", **HEARD) == 1


async def test_what_came_again_is_counted_as_absorbed(opened: Opened) -> None:
    async with opened(listening()) as base:
        base.faults.fail("relay.published")
        await base.count(1)
        with pytest.raises(Boom):
            await base.backbone.settle()
        await base.backbone.settle()

        assert base.number("inbox_duplicates_total", subscriber="listener") == 1
        assert base.number("inbox_handle_seconds_count", **HEARD) == 1


async def test_retries_end_in_one_event_given_up_which_an_operator_sees_until_it_is_handled(opened: Opened) -> None:
    broken = True

    async def reaction(unit: Unit, event: Counted) -> None:
        if broken:
            raise Boom

    async with opened(listening(reaction, tries=3)) as base:
        await base.count(1)
        await base.backbone.settle()
        await base.backbone.take_stock()
        assert (base.number("inbox_waiting", subscriber="listener"), base.number("inbox_dead", subscriber="listener")) == (1, 0)

        for _ in range(3):
            base.clock.advance(timedelta(minutes=30))
            await base.backbone.settle()
        await base.backbone.take_stock()
        assert (base.number("inbox_waiting", subscriber="listener"), base.number("inbox_dead", subscriber="listener")) == (0, 1)
        assert (base.number("inbox_retries_total", **HEARD), base.number("inbox_given_up_total", **HEARD)) == (2, 1)

        broken = False
        async with base.database.work() as unit:
            await unit.run(update(inbox).values(state="retry", next_attempt_at=unit.now))
        await base.backbone.settle()
        await base.backbone.take_stock()
        assert base.number("inbox_dead", subscriber="listener") == 0
        assert base.number("inbox_handle_seconds_count", **HEARD) == 1


async def test_units_that_share_a_commit_are_counted_with_it(opened: Opened) -> None:
    async with opened() as base:
        await base.count(1)
        await base.count(1)

        assert base.number("commit_units_count") == base.number("commit_units_sum") == 2


async def test_a_line_of_the_log_names_the_event_the_request_and_the_trace_and_no_more(
    opened: Opened, lines: Callable[[], list[Any]]
) -> None:
    async with opened(listening()) as base:
        with continued(Origin(PARENT)):
            await counted(base, "r-1")
        await base.backbone.settle()
        async with base.database.read() as reader:
            event_id = str(await reader.value(select(inbox.c.event_id)))

    found = [line for line in lines() if line["event"] == "event.handled"]
    assert [{name: each for name, each in line.items() if name not in {"ms", "level", "logger", "at"}} for line in found] == [
        {"event": "event.handled", **HEARD, "event_id": event_id, "request_id": "r-1", "trace_id": f"{7:032x}"}
    ]


async def test_a_failing_reaction_is_told_with_its_request_and_without_the_words_of_the_error(
    opened: Opened, lines: Callable[[], list[Any]]
) -> None:
    async def broken(unit: Unit, event: Counted) -> None:
        raise Boom("Ming's secret")

    async with opened(listening(broken, tries=2)) as base:
        await counted(base, "r-1")
        await base.backbone.settle()
        base.clock.advance(timedelta(minutes=30))
        await base.backbone.settle()

    found = [(line["event"], line["request_id"]) for line in lines() if line["event"].startswith("event.")]
    assert found == [("event.failed", "r-1"), ("event.given_up", "r-1")]
    assert "secret" not in json.dumps(lines())


async def test_the_bus_carries_what_a_fact_comes_from(opened: Opened) -> None:
    passed: list[str] = []

    async def receive(messages: list[Message]) -> None:
        passed.extend(message.trace for message in messages)

    async with opened() as base:
        base.bus.join("group", frozenset({Counted.kind}), receive)
        await counted(base, "r-1")
        with continued(Origin(PARENT)):
            await counted(base, "r-2")
        await base.count(1)
        await base.backbone.settle()

    assert passed == [";r-1", f"{PARENT};r-2", ""]


async def test_what_a_reaction_tells_and_whom_it_asks_belong_to_the_request_it_comes_from(opened: Opened) -> None:
    known: list[Origin] = []

    async def reaction(unit: Unit, event: Counted) -> None:
        known.append(current_origin())
        await told(unit, event)

    async with opened(listening(reaction)) as base:
        with continued(Origin(PARENT)):
            await counted(base, "r-1")
        await base.backbone.settle()
        async with base.database.read() as reader:
            traces = [row.trace for row in await reader.all(select(outbox.c.trace))]

    assert known == [Origin(PARENT, "r-1")] * 2
    assert traces == [f"{PARENT};r-1"] * 2
    assert current_request() == ""


@pytest.mark.parametrize("apart", [True, False])
async def test_what_is_done_later_still_knows_its_request(opened: Opened, apart: bool) -> None:
    known: list[Origin] = []

    async def work(event: Counted, settle: Settle) -> None:
        known.append(current_origin())
        async with settle() as unit:
            await told(unit, event)

    async def again(unit: Unit, event: Counted) -> None:
        known.append(current_origin())
        if len(known) <= 2:
            raise Boom
        await told(unit, event)

    async with opened(working(work) if apart else listening(again)) as base:
        with continued(Origin(PARENT)):
            await counted(base, "r-1")
        for _ in range(2):
            await base.backbone.settle()
            base.clock.advance(timedelta(minutes=5))
        async with base.database.read() as reader:
            traces = {row.trace for row in await reader.all(select(outbox.c.trace))}
        handled = base.number("inbox_handle_seconds_count", **HEARD)

    assert set(known) == {Origin(PARENT, "r-1")}
    assert (traces, handled) == ({f"{PARENT};r-1"}, 2)


async def test_whether_the_oldest_fact_waits_is_asked_of_those_who_publish_here(opened: Opened) -> None:
    async with opened() as base:
        await base.count(1)
        async with base.database.read() as reader:
            assert await base.backbone.oldest_pending(reader) == MONDAY
        async with base.database.work() as unit:
            await unit.run(update(outbox).values(publisher="another"))
        async with base.database.read() as reader:
            assert await base.backbone.oldest_pending(reader) is None
