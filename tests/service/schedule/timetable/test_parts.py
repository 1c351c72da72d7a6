"""What is judged upon a part of a schedule is judged as upon the whole of it."""

from random import Random

import pytest
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.schedule.change import Add, ChangeSet, Pin
from smartflow.client.schedule.place import Place
from smartflow.services.schedule.timetable import rows, tables, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.facts import TaskFacts
from smartflow.services.schedule.timetable.image import Step
from smartflow.services.schedule.timetable.parts import Part, part_of, part_of_steps
from smartflow.services.schedule.timetable.state import ScheduleState
from smartflow.services.schedule.timetable.undo import undo
from smartflow.services.schedule.timetable.validate import judge
from tests.kit.timetable import AUTUMN, SPRING, Owner
from tests.unit.services.schedule.timetable.walks import COURSES, change_set

TASKS = [TaskFacts(number, sections=2, version=number) for number in (7, 8, 9)]
STEPS, LOOKS = 120, 300


class Life(Struct):
    """Somebody with two terms in use, and what led there."""

    ming: Owner
    done: list[tuple[Step, ...]]

    async def state(self, part: Part | None = None) -> ScheduleState:
        async with self.ming.room.ground.database.read() as reader:
            own = await terms.load(reader, self.ming.id, "UTC")
            return await rows.load(reader, self.ming.id, own, TASKS, part)

    async def write(self, rng: Random, changes: ChangeSet) -> None:
        outcome = apply(await self.state(), changes)
        if outcome.steps and all(each.severity == "warning" for each in judge(outcome)):
            async with self.ming.room.ground.database.work() as unit:
                self.done.append(await rows.write(unit, self.ming.id, outcome))


@pytest.fixture
async def life(ming: Owner) -> Life:
    life = Life(ming, [])
    in_use = [await ming.term(AUTUMN), await ming.term(SPRING)]
    for number in (1, 2, 3):
        row = {"id": number, "term_id": in_use[0], "name": "", "location": "", "teacher": "", "is_filler": number > 1, "attention_left": 1}
        await ming.insert(tables.courses, row)
    for number in (1, 2):
        row = {"name": "", "mode": "manual", "strategy": "steady", "importance": 2, "total_slots": 4, "allow_fillers": True}
        await ming.insert(tables.classes, {**row, "id": number, "excluded_days": 0, "excluded_pairs": 0})
    for class_id, count in ((1, 4), (2, 3)):
        for order in range(1, count + 1):
            row = {"id": 10 * class_id + order, "class_id": class_id, "order": order, "content": "", "duration_sections": 2}
            await ming.insert(tables.items, row)
    rng = Random(7)
    for term in in_use:
        meetings = [Add(course, Place(1, day, 5, 8)) for day, course in enumerate(COURSES, start=1)]
        await life.write(rng, ChangeSet(tuple(meetings), term=term))
    for number in range(STEPS):
        await life.write(rng, replace(change_set(rng, await life.state()), term=in_use[number % 2]))
    return life


async def test_a_change_set_is_worked_out_and_judged_upon_its_part_as_upon_everything(life: Life) -> None:
    whole, rng = await life.state(), Random(11)
    used = sorted({row.term for row in whole.events.values()})
    smaller = 0
    for number in range(LOOKS):
        changes = replace(change_set(rng, whole), term=used[number % 2])
        part = await life.state(part_of(changes))
        smaller += len(part.events) < len(whole.events)

        upon_part, upon_whole = apply(part, changes), apply(whole, changes)

        assert (upon_part.steps, judge(upon_part)) == (upon_whole.steps, judge(upon_whole))
    assert (len(used), smaller > LOOKS // 10) == (2, True)


async def test_an_undoing_is_worked_out_upon_its_part_as_upon_everything(life: Life) -> None:
    whole = await life.state()
    assert len(life.done) > STEPS // 4
    for steps in life.done:
        upon_part, upon_whole = undo(await life.state(part_of_steps(steps)), steps), undo(whole, steps)

        assert (upon_part.outcome.steps, upon_part.obstacles) == (upon_whole.outcome.steps, upon_whole.obstacles)
        assert upon_part.warnings == upon_whole.warnings


async def test_another_term_is_left_out_unless_something_there_is_named_or_very_much_is(ming: Owner) -> None:
    life, term = Life(ming, []), await ming.term(AUTUMN)
    event = await ming.event(term, await ming.course(term), Place(2, 1, 1, 2))
    other = await ming.term(SPRING)

    alone = await life.state(Part(other))
    named = await life.state(part_of(ChangeSet((Pin(event, pinned=True),), term=other)))
    much = await life.state(Part(other, blocks=tuple(range(1000, 1501))))

    assert [list(each.events) for each in (alone, named, much)] == [[], [event], [event]]
