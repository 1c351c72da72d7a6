"""The use cases of plans."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from smartflow.client.schedule.block import Start
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.plan import (
    AppliedBlock,
    NotEnoughTime,
    Plan,
    PlanApplied,
    PlanClosed,
    PlanEdit,
    Planned,
    PlanNotFound,
    PlanRequest,
    PlanStatus,
    UnplacedBlocks,
)
from smartflow.client.task import Task
from smartflow.services.schedule.plan import jobs, model, repository, telling, weeks
from smartflow.services.schedule.plan.asked import hold_movable, known_of, part_of, tasks_of
from smartflow.services.schedule.plan.entries import entries_of
from smartflow.services.schedule.plan.instance import Known, from_place, instance_of, wanted
from smartflow.services.schedule.plan.latest import Latest
from smartflow.services.schedule.plan.model import Entry, StoredPlan
from smartflow.services.schedule.plan.starting import starts_in_plan
from smartflow.services.schedule.plan.telling import Words
from smartflow.services.schedule.plan.words import words_of
from smartflow.services.schedule.planner.answer import Answer, Explanation
from smartflow.services.schedule.timetable import journal, rows, terms
from smartflow.services.schedule.timetable.apply import apply
from smartflow.services.schedule.timetable.changes import Desk, Purpose
from smartflow.services.schedule.timetable.clashes import judged, named_starts
from smartflow.services.schedule.timetable.refuse import refusal
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.kernel.ids import Entropy, EventId, PlanId
from smartflow.shared.process.pool import Pool

# The search ends then; what is left of a request's ten seconds is for waiting, telling and storing.
_DEADLINE = timedelta(seconds=5)


class PlanService:
    """Plans. Serves `client.schedule.plan.PlanClient`."""

    def __init__(self, desk: Desk, pool: Pool, entropy: Entropy) -> None:
        self._desk = desk
        self._pool = pool
        self._entropy = entropy
        self._latest = Latest()

    async def make(self, call: Call, request: PlanRequest) -> Planned:
        """Plan classes and tasks jointly; asked again within ten seconds, give the same open plan.

        Raises:
            ClassToPlanNotFound: The owner has no such class.
            TaskNotFound: The owner has no such task.
            ItemNotFound: The owner has no such item that may move.
            BothDatesNeeded: A class lacks a date.
            ClassNotAuto: A class is not in auto mode.
            NotEnoughTime: Nothing fits, or not everything and `partial` is off.
            Unavailable: A newer request replaced this one, or too many wait.
        """
        async with self._desk.database.once(call):
            tasks = await tasks_of(self._desk, call, request)
            async with self._desk.database.read() as reader:
                known, own = await known_of(reader, call, request, tasks)
                hold_movable(known, request)
                again = await repository.made_just_now(reader, call.owner, request, tasks, version=own.version)
                if again is not None:
                    return await self._planned(reader, call, own, again, tasks)
            answer = await self._computed(call, known, request)
            async with self._desk.database.work(call) as unit:
                plan = await self._stored(unit, call, known, own, request, answer=answer)
                return unit.answer(await self._planned(unit, call, own, plan, tasks))

    async def list(self, call: Call, status: PlanStatus = "open") -> tuple[Plan, ...]:
        """List plans, newest first, without their blocks."""
        async with self._desk.database.read() as reader:
            found = await repository.listed(reader, call.owner, status)
            words = Words(call.language, {}, {})
            return tuple(telling.shown(plan, words, reader.now, whole=False) for plan in found)

    async def get(self, call: Call, plan_id: PlanId) -> Plan:
        """Give a plan.

        Raises:
            PlanNotFound: The owner has no such plan.
        """
        async with self._desk.database.read() as reader:
            plan = await _found(reader, call, plan_id)
        tasks = await self._desk.known_tasks(call, part_of(plan))
        async with self._desk.database.read() as reader:
            return await self._shown(reader, call, plan, tasks)

    async def edit(self, call: Call, plan_id: PlanId, edit: PlanEdit) -> Plan:
        """Move or take out blocks of a plan, and raise its revision.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
            Stale: It has another revision.
            InvalidInput: It names what is not in the plan.
            Refusal: What the validator says.
        """
        async with self._desk.database.once(call):
            async with self._desk.database.read() as reader:
                plan = model.at_revision(model.open_at(await _found(reader, call, plan_id), reader.now), edit.revision)
            tasks = await tasks_of(self._desk, call, plan.request)
            async with self._desk.database.read() as reader:
                known, _ = await known_of(reader, call, plan.request, tasks)
            places = model.edited(plan, edit, wanted(known, plan.request))
            moved = {each.source for each in edit.placements}
            drawn = replace(plan, entries=tuple(Entry(source, place, "person", Explanation(())) for source, place in places.items()))
            outcome = apply(known.state, model.change_set(drawn, known.state, base_version=None))
            async with self._desk.database.read() as reader:
                no = refusal(model.answering(edit, await judged(reader, call.owner, outcome, tasks)))
            if no is not None:
                raise no
            told = await self._appraised(known, plan, places)
            entries = tuple(
                replace(entry, made_by="person") if entry.source in moved else entry
                for entry in entries_of(known, plan.request, told)
                if entry.source in places
            )
            async with self._desk.database.work(call) as unit:
                model.at_revision(model.open_at(await _found(unit, call, plan_id), unit.now), edit.revision)
                score = telling.score_of(told)
                changed = replace(
                    plan, entries=entries, unplaced=told.unplaced, score=score, revision=plan.revision + 1, updated_at=unit.now
                )
                await repository.save(unit, call.owner, changed, seen=edit.revision)
                return unit.answer(await self._shown(unit, call, changed, tasks))

    async def discard(self, call: Call, plan_id: PlanId) -> Plan:
        """Give a plan up.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied.
        """
        async with self._desk.database.work(call) as unit:
            plan = await _found(unit, call, plan_id)
            if plan.status == "applied":
                raise PlanClosed
            if plan.status == "open":
                plan = model.closed(plan, "discarded", unit.now)
                await repository.save(unit, call.owner, plan, seen=plan.revision)
            return unit.answer(await self._shown(unit, call, plan, ()))

    async def apply(self, call: Call, plan_id: PlanId, revision: int, *, base_version: int | None = None) -> PlanApplied:
        """Write a whole plan into the schedule, or nothing of it.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
            Stale: The plan has another revision, or the schedule another version.
            Refusal: What the validator says.
        """
        async with self._desk.database.read() as reader:
            part = part_of(await _found(reader, call, plan_id))
        tasks = await self._desk.known_tasks(call, part)
        async with self._desk.database.work(call) as unit:
            await journal.lock_version(unit, call.owner)
            plan = model.at_revision(model.open_at(await _found(unit, call, plan_id), unit.now), revision)
            base = plan.base_version if base_version is None else base_version
            purpose = Purpose("plan", plan_id=plan_id)
            result = await self._desk.write_in(
                unit, call, lambda state: model.change_set(plan, state, base_version=base), purpose, tasks, part=part
            )
            await repository.save(unit, call.owner, model.closed(plan, "applied", unit.now), seen=revision)
            events = {diff.source: diff.after.event for diff in result.diff if diff.after is not None}
            return unit.answer(PlanApplied(result, tuple(AppliedBlock(source, event) for source, event in events.items())))

    async def starts(self, call: Call, plan_id: PlanId, block: EventId | Source, *, weeks: Sequence[int]) -> tuple[Start, ...]:
        """Tell for every aligned place of these weeks whether a block could go there, judged in an open plan.

        Raises:
            PlanNotFound: The owner has no such plan.
            PlanClosed: It was applied or discarded.
            PlanExpired: It is too old.
        """
        async with self._desk.database.read() as reader:
            plan = model.open_at(await _found(reader, call, plan_id), reader.now)
        tasks = await tasks_of(self._desk, call, plan.request)
        async with self._desk.database.read() as reader:
            known, own = await known_of(reader, call, plan.request, tasks)
        view = own.chosen(plan.term)
        found = await self._pool.run(starts_in_plan, known, view, plan, block, tuple(weeks), deadline=_DEADLINE, kind=jobs.KIND)
        async with self._desk.database.read() as reader:
            return await named_starts(reader, call.owner, found, tasks)

    async def _computed(self, call: Call, known: Known, request: PlanRequest) -> Answer:
        """Plan in the pool, in place of what else is being planned for the same person."""

        def begin(job: bytes) -> Awaitable[bytes]:
            return self._pool.run(jobs.plan, job, deadline=_DEADLINE, kind=jobs.KIND)

        answer = unpack(await self._latest.run(call.owner, pack(instance_of(known, request)), begin), Answer)
        if not answer.placements or (answer.unplaced and not request.partial):
            self._refuse_empty(call, known, request, answer)
        return answer

    async def _appraised(self, known: Known, plan: StoredPlan, places: Mapping[Source, Place]) -> Answer:
        drawn = jobs.Drawn(instance_of(known, plan.request), {source.ref: from_place(place) for source, place in places.items()})
        return unpack(await self._pool.run(jobs.appraise, pack(drawn), deadline=_DEADLINE, kind=jobs.KIND), Answer)

    async def _stored(self, unit: Unit, call: Call, known: Known, own: Terms, request: PlanRequest, *, answer: Answer) -> StoredPlan:
        """Store a plan, unless a twin of the request has done so meanwhile."""
        await journal.lock_version(unit, call.owner)
        twin = await repository.made_just_now(unit, call.owner, request, known.tasks.values(), version=own.version)
        if twin is not None:
            return twin
        term = known.term
        if term == rows.UNSTORED:
            term = (await terms.stored(unit, call.owner, call.zone)).current.id or term
        plan = StoredPlan(
            id=PlanId(self._entropy.uuid()),
            term=term,
            base_version=own.version,
            revision=1,
            origin="person",
            status="open",
            request=request,
            entries=entries_of(known, request, answer),
            unplaced=answer.unplaced,
            score=telling.score_of(answer),
            created_at=unit.now,
            updated_at=unit.now,
            expires_at=unit.now + model.LIFE,
        )
        await repository.add(unit, call.owner, plan)
        return plan

    async def _planned(self, reader: Read, call: Call, own: Terms, plan: StoredPlan, tasks: Sequence[Task]) -> Planned:
        shown = await self._shown(reader, call, plan, tasks)
        return Planned(shown, await weeks.around(reader, call.owner, own, plan, {task.id: task.title for task in tasks}))

    async def _shown(self, reader: Read, call: Call, plan: StoredPlan, tasks: Sequence[Task]) -> Plan:
        return telling.shown(plan, await words_of(reader, call, plan, tasks), reader.now)

    def _refuse_empty(self, call: Call, known: Known, request: PlanRequest, answer: Answer) -> None:
        """Nothing to place is an empty plan; something that finds no place is a refusal with its causes."""
        if not wanted(known, request):
            return
        class_of = {item.id: item.class_id for item in known.state.facts.items.values()}
        words = Words(call.language, {}, class_of)
        if answer.unplaced:
            raise NotEnoughTime(UnplacedBlocks(tuple(telling.left_out(each, words) for each in answer.unplaced)))


async def _found(reader: Read, call: Call, plan_id: PlanId) -> StoredPlan:
    plan = await repository.found(reader, call.owner, plan_id)
    if plan is None:
        raise PlanNotFound
    return plan
