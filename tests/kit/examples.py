"""The examples of the assistant, as data: what there is, what is said, and what a scripted model answers to it."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from tests.kit.app import App, Somebody
from tests.kit.model_server import ModelServer, Reply, calls, part, says
from tests.kit.talking import Talk, piecemeal, say, student

Answers = str | Mapping[str, Any] | tuple["Tool", ...]
"""A text, an object, or calls of tools."""


class Tool(Struct, frozen=True):
    """A call in a script; "@title" in its arguments is the ref of that task."""

    name: str
    arguments: dict[str, Any]


class Turn(Struct, frozen=True):
    """What the person says, and what the model answers, in order."""

    words: str
    plays: tuple[Answers, ...]


class Thing(Struct, frozen=True):
    """A task that there is; `on` is the day of week 12 on which it has a block."""

    title: str
    quadrant: int = 2
    due: str | None = None
    on: int | None = None


class Example(Struct, frozen=True):
    """One example."""

    turns: tuple[Turn, ...]
    things: tuple[Thing, ...] = ()
    courses: Mapping[str, int] = {}


class Stage(Struct, frozen=True):
    """Where an example is played; without a server the rules answer."""

    app: App
    server: ModelServer | None = None

    @property
    def name(self) -> str:
        return "offline" if self.server is None else "scripted"


def script(stage: Stage) -> ModelServer:
    """Begin a new script."""
    assert stage.server is not None
    stage.server.starts_over()
    return stage.server


class Played(Struct, frozen=True):
    """What came of it: the answers, and what there was before the first and after each."""

    somebody: Somebody
    talks: list[Talk]
    states: list[Any]

    @property
    def last(self) -> Talk:
        return self.talks[-1]

    @property
    def conversation(self) -> str:
        return self.talks[0].conversation


def tool(name: str, **arguments: Any) -> tuple[Tool, ...]:
    """Call one tool."""
    return (Tool(name, arguments),)


async def play(stage: Stage, example: Example, *, cut: bool = False) -> Played:
    """Play an example to its end; `cut`: over connections that break after each frame."""
    ming = await student(stage.app)
    refs = await given(ming, example)
    talks, states = list[Talk](), [await state(ming)]
    for turn in example.turns:
        if stage.server is not None:
            stage.server.plays(*(reply(each, refs) for each in turn.plays))
        going = {"conversation_id": talks[0].conversation} if talks else {}
        talk = await (piecemeal(stage.app, ming, turn.words, **going) if cut else say(ming, turn.words, **going))
        assert stage.server is None or stage.server.over, (turn.words, "the model was asked less than the script says")
        assert "model_degraded" not in talk.codes, (turn.words, "the model was asked more than the script says")
        talks.append(talk)
        states.append(await state(ming))
    return Played(ming, talks, states)


async def given(ming: Somebody, example: Example) -> dict[str, str]:
    """Let there be the things of an example; gives the refs of tasks by their titles."""
    refs = {}
    for thing in example.things:
        due = {} if thing.due is None else {"deadline_at": thing.due}
        task = await ming.adds_task(thing.title, quadrant=thing.quadrant, **due)
        refs[thing.title] = f"task:{task}"
        if thing.on is not None:
            place = {"week": 12, "day_of_week": thing.on, "start_section": 5, "end_section": 6}
            add = {"op": "add", "source": {"type": "task_pool", "id": task}, **place}
            placed = await ming.post("/schedule/changes", {"changes": [add]})
            assert placed.status == 200, placed.body
    for name, day in example.courses.items():
        meets = {"start_week": 1, "end_week": 16, "day_of_week": day, "start_section": 3, "end_section": 4}
        course = {"course_name": name, "location": "Room 7", "teacher": "", "is_allow_tasks": False, "arrangements": [meets]}
        made = await ming.post("/course/import", {"courses": [course]})
        assert made.status == 200, made.body
    return refs


async def state(ming: Somebody) -> Any:
    """Give all tasks, and the timetable of this week and the next."""
    tasks = [(each["title"], each["priority_group"], each["deadline_at"], each["is_completed"]) for each in await ming.tasks()]
    blocks = []
    for week in (12, 13):
        shown = await ming.get("/schedule/week", week=week, include_empty="false")
        blocks += [(each["name"], week, each["day_of_week"], each["start_section"], each["end_section"]) for each in shown.data["events"]]
    return {"tasks": tasks, "blocks": sorted(blocks)}


def reply(played: Answers, refs: Mapping[str, str]) -> Reply:
    """Say a line of a script as the model's server does."""
    match played:
        case str():
            return says(played)
        case tuple():
            return calls(*(part(number, each.name, _filled(each, refs), f"x{number}") for number, each in enumerate(played)))
        case _:
            return says(json.dumps(played))


def _filled(each: Tool, refs: Mapping[str, str]) -> str:
    text = json.dumps(each.arguments, ensure_ascii=False)
    for title, ref in refs.items():
        text = text.replace(f'"@{title}"', f'"{ref}"')
    return text


NO = {"reading": "reject"}
AMEND, ASIDE = {"reading": "amend"}, {"reading": "aside"}
LAB, CARD_ZH, CARD_EN = Thing("Lab report"), Thing("图书证续期", on=4), Thing("Renew the library card", on=4)
CHORES = (Thing("Essay", 3), Thing("Buy batteries", 3), Thing("Laundry", 3), Thing("Keep me"))
_DUE = (
    Thing("Over since Sunday", due="2026-11-23T00:00:00+08:00"),
    Thing("Essay", due="2026-11-25T23:00:00+08:00"),
    Thing("Until Sunday ends", due="2026-11-30T00:00:00+08:00"),
    Thing("Next Monday", due="2026-11-30T00:01:00+08:00"),
)
_DELETES_ZH = Turn("删掉图书证那个任务", (tool("find", text="图书证", kinds=["task"]), tool("delete_task", refs=["@图书证续期"])))
_DELETES_EN = Turn(
    "Delete the library card task",
    (tool("find", text="library card", kinds=["task"]), tool("delete_task", refs=["@Renew the library card"])),
)
_CLEARS = Turn(
    "Delete everything in quadrant 3",
    (tool("query_tasks", quadrant=3, limit=20), tool("delete_task", refs=["@Essay", "@Buy batteries", "@Laundry"])),
)
_COMPLETES = (tool("find", text="lab report", kinds=["task"], completed=False), tool("complete_task", ref="@Lab report"), "Done.")

EXAMPLES: dict[str, Example] = {
    "01": Example((Turn("周日之前要交实验报告，提醒我", (tool("create_task", title="交实验报告", when="周日之前"), "记下了。")),)),
    "02": Example(
        (
            Turn(
                "Remind me to call the dentist tomorrow at 9:30",
                (tool("create_task", title="call the dentist", when="tomorrow at 9:30"), "Noted."),
            ),
        )
    ),
    "03": Example(
        (
            Turn(
                "Add renew library card, email Prof. Li and buy batteries",
                (
                    tuple(Tool("create_task", {"title": each}) for each in ("renew library card", "email Prof. Li", "buy batteries")),
                    "Noted, all three.",
                ),
            ),
            Turn("undo that", (tool("undo"), "Gone again.")),
        )
    ),
    "04": Example(
        (
            Turn(
                "Submit the essay next Friday",
                (
                    tool("read_time", text="next Friday"),
                    tool("ask_user", text="Which Friday?", choices=["Friday, 4 December", "Friday, 27 November"], slot="when"),
                ),
            ),
            Turn("Friday, 27 November", (tool("create_task", title="Submit the essay", when="Friday, 27 November"), "Noted.")),
        )
    ),
    "07": Example((Turn("明天有什么课", (tool("query_range", when="明天"), "明天有概率论。")),), (LAB,), {"概率论": 2, "线性代数": 3}),
    "08": Example((Turn("What is due this week?", (tool("query_tasks", due="this week"), "Two things.")),), _DUE),
    "08-empty": Example((Turn("What is due this week?", (tool("query_tasks", due="this week"), "Nothing.")),), _DUE[::3]),
    "10": Example((Turn("lab report 交了", _COMPLETES), Turn("撤销", (tool("undo"), "好，又是未完成。"))), (LAB,)),
    "10-two": Example(
        (
            Turn(
                "lab report 交了",
                (
                    tool("find", text="lab report", kinds=["task"], completed=False),
                    tool("ask_user", text="Which one do you mean?", choices=["Lab report on heat", "Lab report on optics"]),
                ),
            ),
            Turn("Lab report on optics", (tool("complete_task", ref="@Lab report on optics"), "Done.")),
        ),
        (Thing("Lab report on heat"), Thing("Lab report on optics")),
    ),
    "11": Example(
        (_DELETES_ZH, Turn("可以，删吧", ("删除了。",)), Turn("撤销刚才的", (tool("undo"), "回来了。"))), (CARD_ZH, Thing("四级复习"))
    ),
    "12": Example((_CLEARS, Turn("yes", ("Deleted.",))), CHORES),
    "13": Example((Turn("先别删实验报告", ("好的，没有删除任何东西。",)),), (Thing("实验报告", on=4),)),
    "20": Example(
        (_DELETES_ZH, Turn("好，就这样", ("删除了。",)), Turn("好，就这样", ("没有什么在等你确认。",))), (CARD_ZH, Thing("四级复习"))
    ),
    "21": Example(
        (
            _CLEARS,
            Turn("Fine, but keep the essay", (tool("delete_task", refs=["@Buy batteries", "@Laundry"]),)),
            Turn("Yes", ("Deleted.",)),
        ),
        CHORES,
    ),
    "22": Example((_DELETES_EN, Turn("Never mind", ("All right, it stays.",))), (CARD_EN,)),
    "23": Example(
        (
            _DELETES_EN,
            Turn("What do I have on Friday?", (tool("query_range", when="Friday"), "Algebra.")),
            Turn("Yes, delete it", ("Deleted.",)),
        ),
        (CARD_EN,),
        {"Algebra": 5},
    ),
    "32": Example(
        (
            Turn(
                "实验报告交了，再提醒我明天上午打电话",
                (
                    tool("find", text="实验报告", kinds=["task"], completed=False),
                    (Tool("complete_task", {"ref": "@实验报告"}), Tool("create_task", {"title": "打电话", "when": "明天上午"})),
                    "都好了。",
                ),
            ),
            Turn("撤销刚才的", (tool("undo"), "都收回了。")),
        ),
        (Thing("实验报告"),),
    ),
    "33": Example((Turn("Reply with exactly CP5_OK", ("CP5_OK",)),), (LAB,)),
}
