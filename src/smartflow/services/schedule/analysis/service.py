"""The use case that tells how a schedule is doing."""

from collections.abc import Iterable
from datetime import timedelta

from smartflow.client.schedule.analysis import Health, HealthQuery, Issue
from smartflow.client.schedule.change import ChangeSet
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.plan import PlanRequest
from smartflow.client.schedule.term import TermView, WeekOutsideTerm
from smartflow.client.schedule.violation import Violation
from smartflow.client.task import Task, TaskFilter
from smartflow.services.schedule.analysis import tell
from smartflow.services.schedule.analysis.findings import Finding
from smartflow.services.schedule.analysis.job import Job, Report
from smartflow.services.schedule.analysis.job import report as examine
from smartflow.services.schedule.analysis.tell import Words
from smartflow.services.schedule.plan import repository
from smartflow.services.schedule.plan.instance import Known, instance_of
from smartflow.services.schedule.plan.jobs import KIND
from smartflow.services.schedule.planner.instance import WEEK, Instance
from smartflow.services.schedule.timetable import names, terms
from smartflow.services.schedule.timetable.changes import Desk
from smartflow.services.schedule.timetable.terms import Terms
from smartflow.services.schedule.timetable.validate import validate
from smartflow.services.schedule.timetable.views import week_at
from smartflow.shared.calendar.instants import to_instants
from smartflow.shared.calendar.sections import Slot
from smartflow.shared.database.unit import Read
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.kernel.ids import ClassId
from smartflow.shared.process.pool import Pool

_DEADLINE = timedelta(seconds=8)
# More open tasks than these are no plan; the nearest deadlines would be hidden among them.
_TASKS = 500


class AnalysisService:
    """Judges schedules. Serves `client.schedule.analysis.AnalysisClient`."""

    def __init__(self, desk: Desk, pool: Pool) -> None:
        self._desk = desk
        self._pool = pool

    async def health(self, call: Call, query: HealthQuery) -> Health:
        """Judge a stretch of weeks.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
        """
        async with self._desk.database.read() as reader:
            own = await terms.load(reader, call.owner, call.zone)
            view = own.chosen(query.term)
            weeks = _weeks(query, week_at(view, reader.now), view.term.weeks)
            until = to_instants(view.term, _closing(view, weeks[1])).end
            due = TaskFilter(completed=False, deadline_after=reader.now, deadline_before=until, limit=_TASKS)
        tasks = await self._open_tasks(call, due)
        async with self._desk.database.read() as reader:
            known, called = await self._known(reader, call, own, view, tasks)
        broken = _broken(known, view, weeks)
        days = ((weeks[0] - 1) * WEEK, _last_day(view, weeks[1]))
        instance = instance_of(known, _everything(known))
        job = pack(Job(instance, days, broken=bool(broken)))
        report = unpack(await self._pool.run(examine, job, deadline=_DEADLINE, kind=KIND), Report)
        report.findings.extend(_gaps(known, instance))
        words = Words(call.language, called, view.first_monday, known.state)
        options = [each for each in report.options if not _errors(known, ChangeSet(tell.changes(each, known.state), term=view.id))]
        return tell.health(report, words, tuple(_issue(each, call) for each in broken), options)

    async def _open_tasks(self, call: Call, due: TaskFilter) -> tuple[Task, ...]:
        """Ask for the tasks that stand in the schedule, and for the open ones that are due."""
        placed = await self._desk.known_tasks(call)
        return tuple({task.id: task for task in (*placed, *(await self._desk.tasks.find(call, due)).tasks)}.values())

    async def _known(
        self, reader: Read, call: Call, own: Terms, view: TermView, tasks: tuple[Task, ...]
    ) -> tuple[Known, dict[Source, str]]:
        known = await repository.known(reader, call.owner, own, view, tasks)
        items = [Source.item(item) for item in known.state.facts.items]
        classes = [Source.task_class(class_id) for class_id in known.rules]
        return known, await names.load(reader, call.owner, [*items, *classes], tasks)


def _weeks(query: HealthQuery, this: int, last: int) -> tuple[int, int]:
    first, until = query.from_week or this, query.to_week or last
    if not 1 <= first <= until <= last:
        raise WeekOutsideTerm
    return first, until


def _closing(view: TermView, week: int) -> Slot:
    """Give the last section of a week of the term."""
    day = max(day for each, day in view.term.days() if each == week)
    last = len(view.term.table.rows)
    return Slot(week, day, last, last)


def _last_day(view: TermView, week: int) -> int:
    return (week - 1) * WEEK + _closing(view, week).day - 1


def _everything(known: Known) -> PlanRequest:
    """Want all that is left to do, and let planning move whatever stands."""
    replan = {image.source for image in known.state.events.values() if image.stands and image.source.is_work and image.term == known.term}
    open_tasks = (task.id for task in known.tasks.values() if not task.is_completed)
    return PlanRequest(tuple(sorted(known.rules)), tuple(sorted(open_tasks)), known.term or None, replan=tuple(sorted(replan)))


def _errors(known: Known, changes: ChangeSet) -> list[Violation]:
    return [each for each in validate(known.state, changes) if each.severity == "error"]


def _broken(known: Known, view: TermView, weeks: tuple[int, int]) -> list[Violation]:
    """List the rules that standing blocks of classes break in these weeks, as the edit of every class would find them."""
    found = _errors(known, ChangeSet(edited=tuple(known.rules), term=view.id))
    return [each for each in found if each.place is not None and weeks[0] <= each.place.week <= weeks[1]]


def _issue(broken: Violation, call: Call) -> Issue:
    text = broken.text.render(call.language, **broken.facts)
    return Issue(broken.code, "critical", text, () if broken.event is None else (broken.event,))


def _gaps(known: Known, instance: Instance) -> Iterable[Finding]:
    """Ask for what would sharpen the rest: how demanding the classes are that have work here."""
    for study in instance.classes:
        rules = known.rules.get(ClassId(study.id))
        if rules is not None and None in {rules.difficulty, rules.intensity}:
            yield Finding("profile_gap", "warning", source=Source.task_class(ClassId(study.id)).ref)
