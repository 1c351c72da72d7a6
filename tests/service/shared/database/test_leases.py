"""Leases that loops and relays keep: who holds one is told as it changes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from smartflow.shared.database.lease import Held, Leases, State
from tests.kit.backbone import Ground, ground

TTL = timedelta(seconds=9)


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(tmp_path / "base.db") as opened:
        yield opened


def kept(base: Ground, holder: str) -> tuple[Held, list[State]]:
    """Have a process keep the one lease of these tests; gives what was told of it, too."""
    heard: list[State] = []
    leases = Leases(base.database, holder, lambda _, state: heard.append(state))
    return Held(leases, "relay.task", TTL, base.clock.now), heard


async def test_it_is_told_who_holds_a_lease_and_that_it_was_given_back(base: Ground) -> None:
    (ours, we_heard), (theirs, they_heard) = kept(base, "us"), kept(base, "them")

    assert await ours.fence() == 1
    assert await ours.fence() == 1
    assert await theirs.fence() is None
    await ours.release()
    base.clock.advance(timedelta(seconds=1))
    assert await theirs.fence() == 2

    assert we_heard == ["held", "away"]
    assert they_heard == ["away", "held"]


async def test_a_lease_that_lapsed_and_was_taken_is_lost_once(base: Ground) -> None:
    (ours, we_heard), (theirs, _) = kept(base, "us"), kept(base, "them")
    await ours.fence()
    base.clock.advance(timedelta(seconds=10))
    await theirs.fence()

    assert await ours.fence() is None
    base.clock.advance(timedelta(seconds=4))
    assert await ours.fence() is None

    assert we_heard == ["held", "lost", "away", "away"]


async def test_a_lease_that_lapsed_while_nobody_else_wanted_it_was_never_lost(base: Ground) -> None:
    ours, we_heard = kept(base, "us")
    for fence in (1, 2, 3):
        assert await ours.fence() == fence
        base.clock.advance(timedelta(seconds=45))

    assert set(we_heard) == {"held"}


async def test_a_lease_that_another_took_and_gave_back_meanwhile_was_lost(base: Ground) -> None:
    (ours, we_heard), (theirs, _) = kept(base, "us"), kept(base, "them")
    await ours.fence()
    base.clock.advance(timedelta(seconds=10))
    await theirs.fence()
    await theirs.release()
    base.clock.advance(timedelta(seconds=1))

    assert await ours.fence() == 3
    assert we_heard == ["held", "lost", "held"]


@pytest.mark.parametrize(("holder", "fence"), [("dead", 2), ("alive", None)])
async def test_nobody_waits_for_the_lease_of_a_process_that_is_no_more(base: Ground, holder: str, fence: int | None) -> None:
    await Leases(base.database, holder).acquire("relay.task", TTL)
    ours = Leases(base.database, "us", gone=lambda whose, us: (whose, us) == ("dead", "us"))

    assert await ours.acquire("relay.task", TTL) == fence


async def test_a_lease_renewed_in_time_is_held_all_along(base: Ground) -> None:
    ours, we_heard = kept(base, "us")
    for _ in range(4):
        assert await ours.fence() == 1
        base.clock.advance(timedelta(seconds=4))

    assert set(we_heard) == {"held"}
