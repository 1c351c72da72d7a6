"""The demonstration account: a student in the middle of a term."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.course import ReadingTerms
from smartflow.client.schedule.change import Add, ChangeSet, Report
from smartflow.client.schedule.classes import ClassDraft, ClassRules, ItemDraft
from smartflow.client.schedule.course import CourseImport
from smartflow.client.schedule.place import Place, Source
from smartflow.client.schedule.plan import PlanEdit, PlanRequest
from smartflow.client.task import Quadrant, TaskDraft
from smartflow.client.userauth import Credentials, Device, Registration, WrongCredentials
from smartflow.cmd.compose import Clients
from smartflow.cmd.people import named, on_behalf
from smartflow.gateway.settings import Demo
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.calendar.term import monday_of
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.ids import ClassId, OwnerId, TaskId

DEMO = Demo("demo", "smartflow-demo")
WEEKS, THIS_WEEK = 17, 9
_FRESH = timedelta(days=1)
LAST_MONDAY, LAST_SATURDAY, FRIDAY = Place(THIS_WEEK - 1, 1, 9, 10), Place(THIS_WEEK - 1, 6, 3, 4), Place(THIS_WEEK, 5, 9, 9)
_LEFT_OPEN = 4
_ITEMS = (
    "样本空间与随机事件 Sample spaces and events",
    "条件概率 Conditional probability",
    "全概率与贝叶斯公式 Total probability, Bayes",
    "离散型随机变量 Discrete random variables",
    "连续型随机变量 Continuous random variables",
    "正态分布 The normal distribution",
    "二维随机变量 Joint distributions",
    "数学期望 Expectation",
    "方差与协方差 Variance and covariance",
    "大数定律 Laws of large numbers",
    "中心极限定理 The central limit theorem",
    "抽样分布 Sampling distributions",
    "点估计 Point estimation",
    "区间估计 Confidence intervals",
    "假设检验 Testing hypotheses",
    "模拟考试 Mock exam",
)


class _Student(Struct, frozen=True):
    """The demonstration's person, and the day on which the account was made."""

    clients: Clients
    call: Call
    today: date

    def once(self, step: str) -> Call:
        """Make the call of a step: taken again by a later start, it changes nothing."""
        return replace(self.call, key=f"demo/{step}", fingerprint="demo")

    def at(self, days: int, hour: int) -> datetime:
        """Give an hour of a day from now."""
        return datetime.combine(self.today + timedelta(days), time(hour), ZoneInfo(self.call.zone))


async def is_published(clients: Clients) -> bool:
    """Tell whether the account still opens with the password that everybody knows."""
    call = Call(owner=OwnerId(0), request_id="demo", actor=Actor.SYSTEM)
    try:
        tokens = await clients.userauth.login(call, Credentials(DEMO.username, DEMO.password), Device("", ""))
    except WrongCredentials:
        return False
    await clients.userauth.logout(replace(call, owner=tokens.user_id), tokens.session_id)
    return True


async def fill(clients: Clients, now: datetime) -> None:
    """Make the account and its things; what a start could not finish, one on the same day does. An older account is left alone."""
    call = Call(owner=OwnerId(0), request_id="demo", language="en")
    user = await named(clients.userauth, call, DEMO.username)
    if user is None:
        user = await clients.userauth.add_user(call, Registration(DEMO.username, DEMO.password))
    elif now - user.created_at > _FRESH:
        return
    today = user.created_at.astimezone(ZoneInfo(user.zone)).date()
    student = _Student(clients, on_behalf(user, call), today)
    words = await _tasks(student)
    await _timetable(student)
    await _study(student, words)


async def _tasks(student: _Student) -> TaskId:
    """Make tasks in all four quadrants, the last of them done; gives the one that will be embedded."""
    drafts = (
        TaskDraft("Hand in the physics lab report 物理实验报告", Quadrant.IMPORTANT_URGENT, 2, student.at(1, 18)),
        TaskDraft("Draft the English essay", Quadrant.IMPORTANT, 3, student.at(6, 22)),
        TaskDraft("准备大创项目中期答辩", Quadrant.IMPORTANT, 2, student.at(9, 20)),
        TaskDraft("回复李老师的邮件", Quadrant.URGENT),
        TaskDraft("Return the library books", Quadrant.URGENT, 1, student.at(2, 21)),
        TaskDraft("整理错题本", Quadrant.NEITHER, 1, student.at(12, 22)),
        TaskDraft("背四级单词 Vocabulary for the English test", Quadrant.NEITHER, 1, student.at(14, 22)),
        TaskDraft("Register for the English test 四级报名", Quadrant.IMPORTANT, 1, student.at(3, 17)),
    )
    tasks = [await student.clients.task.create(student.once(f"task-{number}"), draft) for number, draft in enumerate(drafts)]
    await student.clients.task.complete(student.once("task-done"), tasks[-1].id)
    return tasks[-2].id


async def _timetable(student: _Student) -> None:
    """Import the demo's file as a person would, its term moved so that today lies in the middle."""
    monday = monday_of(student.today) - timedelta(weeks=THIS_WEEK - 1)
    file = json.loads((files("smartflow.cmd") / "demo_term.json").read_bytes())
    last_day = monday + timedelta(weeks=WEEKS, days=-1)
    file["term"] |= {"first_monday": monday.isoformat(), "last_day": last_day.isoformat(), "zone": student.call.zone}
    timetable, call = student.clients.schedule.timetable, student.call
    view = await timetable.term(call)
    terms = ReadingTerms(TermDraft.of(view.term, view.name, view.preferences), own=False, adopt_term=True)
    reading = await student.clients.course.read(call, json.dumps(file).encode(), terms)
    await timetable.import_courses(student.once("timetable"), CourseImport(reading.courses, adopt=reading.adopt))


async def _study(student: _Student, words: TaskId) -> None:
    """Make a study plan of which two blocks are done, most of the rest are planned, and the last are left to plan."""
    monday = monday_of(student.today)
    rules = ClassRules(
        "概率论复习 Probability theory",
        "auto",
        "steady",
        len(_ITEMS),
        start=monday - timedelta(weeks=1),
        end=monday + timedelta(weeks=6, days=-1),
        importance=3,
        subject="quantitative",
    )
    draft = ClassDraft(rules, tuple(ItemDraft(order, content) for order, content in enumerate(_ITEMS, start=1)))
    saved = await student.clients.schedule.classes.add(student.once("class"), draft)
    await _embed(student, [Source.item(item.id) for item in saved.items[:2]], Source.task(words))
    await _plan(student, saved.id)


async def _embed(student: _Student, done: Sequence[Source], words: Source) -> None:
    """Place two blocks in last week, one in a filler course, and report them; and a task in this week's filler course."""
    timetable = student.clients.schedule.timetable
    fillers = [Source.course(course.id) for course in await timetable.courses(student.call) if course.is_filler]
    hosts = {(each.place.week, each.place.day): each.event for each in await timetable.placed(student.call, fillers)}
    places = [(done[0], LAST_MONDAY), (done[1], LAST_SATURDAY), (words, FRIDAY)]
    adds = tuple(Add(source, replace(place, host=hosts.get((place.week, place.day)))) for source, place in places)
    await timetable.change(student.once("placed"), ChangeSet(adds))
    await timetable.change(student.once("done"), ChangeSet(tuple(Report(source, "done") for source in done)))


async def _plan(student: _Student, class_id: ClassId) -> None:
    plans = student.clients.schedule.plan
    if await plans.list(student.call, "applied"):
        return
    plan = (await plans.make(student.call, PlanRequest((class_id,)))).plan
    last = sorted(plan.placements, key=lambda block: block.order or 0)[-_LEFT_OPEN:]
    edited = await plans.edit(student.call, plan.id, PlanEdit(plan.revision, unplace=tuple(block.source for block in last)))
    await plans.apply(student.once("plan"), plan.id, edited.revision)
