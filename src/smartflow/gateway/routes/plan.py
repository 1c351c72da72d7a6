"""`/api/v1/schedule/smart-planning` and `/plans`."""

from smartflow.client.schedule.change import Stale
from smartflow.client.schedule.classes import BothDatesNeeded, ClassNotAuto, ClassToPlanNotFound, ItemNotFound
from smartflow.client.schedule.plan import (
    NotEnoughTime,
    PlanClient,
    PlanClosed,
    PlanExpired,
    PlanNotFound,
    PlanRequest,
    PlanStatus,
)
from smartflow.client.schedule.term import TermNotFound
from smartflow.client.task import TaskNotFound
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import TermQuery
from smartflow.gateway.route import KEYED, LONG, READ, WRITE, Table, delete, get, post, put, table
from smartflow.gateway.routes.event import EventForm
from smartflow.gateway.routes.plan_forms import (
    AppliedForm,
    ApplyForm,
    DiscardedForm,
    EditForm,
    PlanForm,
    PlansQuery,
    WeekForm,
)
from smartflow.gateway.routes.plan_request import ManyForm, OneQuery
from smartflow.gateway.routes.refusals import PLACING
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ClassId, PlanId


class PlanRoutes:
    """Planning, and plans until they are applied or given up."""

    def __init__(self, plans: PlanClient) -> None:
        self._plans = plans

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        making = (ClassToPlanNotFound, TaskNotFound, BothDatesNeeded, ClassNotAuto, NotEnoughTime, TermNotFound)
        using = (PlanNotFound, PlanClosed, PlanExpired, Stale, *PLACING)
        return table(
            "plan",
            "/schedule",
            [
                get("/smart-planning", self.plan_one, WRITE | LONG, refuses=making),
                post("/smart-planning-multi", self.plan_many, WRITE | LONG, refuses=(*making, ItemNotFound)),
                get("/plans", self.listed, READ),
                get("/plans/{plan_id}", self.get, READ, refuses=(PlanNotFound,)),
                put("/plans/{plan_id}", self.edit, WRITE | KEYED | LONG, refuses=using),
                delete("/plans/{plan_id}", self.discard, WRITE, refuses=(PlanNotFound, PlanClosed)),
                post("/plans/{plan_id}/apply", self.apply, WRITE | KEYED | LONG, refuses=using),
            ],
        )

    async def plan_one(self, call: Call, query: OneQuery) -> Ok[list[WeekForm]]:
        """Plan one class into the real timetable; nothing is applied."""
        return await self._made(call, PlanRequest((ClassId(query.task_class_id),), term=query.term(), partial=query.partial))

    async def plan_many(self, call: Call, data: ManyForm, query: TermQuery) -> Ok[list[WeekForm]]:
        """Plan classes and tasks jointly; nothing is applied."""
        return await self._made(call, data.request(query))

    async def listed(self, call: Call, query: PlansQuery) -> Ok[list[PlanForm]]:
        """List plans, newest first."""
        status: PlanStatus = query.status
        return Ok([PlanForm.of(plan, call, whole=False) for plan in await self._plans.list(call, status)])

    async def get(self, call: Call, plan_id: PlanId) -> Ok[PlanForm]:
        """Show a plan with its reasons."""
        return Ok(PlanForm.of(await self._plans.get(call, plan_id), call))

    async def edit(self, call: Call, plan_id: PlanId, data: EditForm) -> Ok[PlanForm]:
        """Move or take out blocks of a plan."""
        return Ok(PlanForm.of(await self._plans.edit(call, plan_id, data.edit()), call))

    async def discard(self, call: Call, plan_id: PlanId) -> Ok[DiscardedForm]:
        """Give a plan up."""
        gone = await self._plans.discard(call, plan_id)
        return Ok(DiscardedForm(gone.id, gone.status))

    async def apply(self, call: Call, plan_id: PlanId, data: ApplyForm) -> Ok[AppliedForm]:
        """Write a whole plan into the schedule, or nothing of it."""
        applied = await self._plans.apply(call, plan_id, data.revision, base_version=data.base_version)
        return Ok(AppliedForm.done(applied, call))

    async def _made(self, call: Call, request: PlanRequest) -> Ok[list[WeekForm]]:
        planned = await self._plans.make(call, request)
        weeks = [WeekForm(week.week, [EventForm.of(block) for block in week.blocks]) for week in planned.weeks]
        return Ok(weeks, plan=PlanForm.of(planned.plan, call))
