"""A search that is told to stop: it gives a plan all the same, and tells how to get that plan again."""

from datetime import timedelta
from itertools import count

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.services.schedule.plan import jobs
from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Place, StudyClass
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.process.pool import ProcessPool
from tests.unit.services.schedule.planner.cases import instances
from tests.unit.services.schedule.planner.terms import instance, items

CROWDED = instance((*items(1, 194), *items(3, 194)), StudyClass(1, "steady"), StudyClass(3, "steady"), days=140)
STANDING = [replace(block, current=Place(2 * at, 2 * (at % 3) + 1, 2 * (at % 3) + 2)) for at, block in enumerate(items(1, 14))]
HALF_DONE = instance(
    (*STANDING, *items(2, 20), *items(3, 20)), StudyClass(1, "steady"), StudyClass(2, "steady"), StudyClass(3, "rapid"), days=28
)


def after(looks: int):
    """Say stop from then on."""
    seen = count()
    return lambda: next(seen) >= looks


@settings(max_examples=100)
@given(instances(), st.integers(0, 60))
@example(HALF_DONE, 10)
@example(HALF_DONE, 300)
def test_with_the_steps_that_a_stopped_search_names_the_same_plan_comes_again(instance, looks):
    stopped = plan_instance(instance, after(looks))

    assert plan_instance(replace(instance, steps=stopped.steps)) == stopped


@settings(max_examples=30)
@given(instances())
def test_a_search_that_is_never_stopped_is_the_search_without_a_stop(instance):
    assert plan_instance(instance, lambda: False) == plan_instance(instance)


async def test_at_the_deadline_of_its_job_a_plan_comes_back():
    pool = ProcessPool(workers=1, grace=timedelta(minutes=1))

    answer = unpack(await pool.run(jobs.plan, pack(CROWDED), deadline=timedelta(0), kind=jobs.KIND), Answer)
    await pool.close()

    assert len(answer.placements) == 388
    assert answer.steps < plan_instance(CROWDED).steps
