"""The rows of plans: what two writers, each with what it has seen, may do to one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine

from smartflow.client.schedule.plan import PlanRequest, Score
from smartflow.services.schedule import sweep
from smartflow.services.schedule.plan import model, repository, tables
from smartflow.services.schedule.plan.model import StoredPlan
from smartflow.shared.database.engine import Rerun
from smartflow.shared.kernel.ids import OwnerId, PlanId, TermId
from tests.kit.backbone import Ground, ground
from tests.kit.ports import MONDAY

MING = OwnerId(1)


@pytest.fixture
async def below(tmp_path: Path) -> AsyncIterator[Ground]:
    path = tmp_path / "plans.db"
    maker = create_engine(f"sqlite:///{path}")
    tables.metadata.create_all(maker)
    maker.dispose()
    async with ground(path) as made:
        yield made


def plan(number: int = 1, *, days_ago: int = 0) -> StoredPlan:
    made = MONDAY - timedelta(days=days_ago)
    score = Score((0, 0, 0), (0, 0, 0), 0.0, 0, "none")
    return StoredPlan(
        PlanId(UUID(int=number)), TermId(1), 0, 1, "person", "open", PlanRequest(), (), (), score, made, made, made + model.LIFE
    )


@pytest.mark.parametrize("theirs", [{"revision": 2}, {"status": "applied"}, {"status": "discarded"}])
async def test_what_another_has_changed_meanwhile_is_not_overwritten(below: Ground, theirs: dict[str, object]) -> None:
    seen = plan()
    async with below.database.work() as unit:
        await repository.add(unit, MING, seen)
    async with below.database.work() as unit:
        await repository.save(unit, MING, replace(seen, **theirs), seen=1)

    for mine in ({"revision": 2}, {"status": "applied"}, {"status": "discarded"}):
        with pytest.raises(Rerun):
            async with below.database.work() as unit:
                await repository.save(unit, MING, replace(seen, **mine), seen=1)

    async with below.database.read() as reader:
        assert await repository.found(reader, MING, seen.id) == replace(seen, **theirs)


async def test_a_great_many_old_plans_are_erased_in_portions_and_no_other(below: Ground) -> None:
    async with below.database.work() as unit:
        for number in range(1, 451):
            await repository.add(unit, MING, plan(number, days_ago=32))
        await repository.add(unit, MING, plan(999, days_ago=30))

    await sweep.erase_plans(below.database)

    assert await below.rows(tables.plans) == 1
