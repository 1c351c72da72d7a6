"""A person who has one of everything, and for every route with a key a request that works for that person.

What is called something here is called so with `MARK`: whoever else reads that has been shown too much.
"""

import json
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from tests.kit.app import App, Somebody

MARK = "Ming-own"
SECTIONS = [
    {"section": 1, "start": "08:00", "end": "08:45"},
    {"section": 2, "start": "08:55", "end": "09:40"},
    {"section": 3, "start": "10:00", "end": "10:45"},
    {"section": 4, "start": "10:55", "end": "11:40"},
]
TERM = {"first_monday": "2026-09-07", "last_day": "2027-01-10", "zone": "Asia/Shanghai", "sections": SECTIONS, "breaks": [2]}
SATURDAY = {"week": 5, "day_of_week": 6, "start_section": 1, "end_section": 2}
SUNDAY = {"week": 5, "day_of_week": 7, "start_section": 1, "end_section": 2}


class Request(Struct, frozen=True):
    """What is sent to a route, but for method and path."""

    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    body: Any = None
    files: dict[str, tuple[str, bytes]] | None = None

    def rest(self) -> dict[str, Any]:
        """Say it as the door takes it."""
        sent: dict[str, Any] = {"params": {name: _text(value) for name, value in self.query.items()}}
        if self.files is not None:
            return {**sent, "files": self.files}
        return sent if self.body is None else {**sent, "json": self.body}


class Belongings(Struct, frozen=True):
    """The ids of what somebody has, under the names by which routes ask for them."""

    term_id: int
    task_id: int
    done_task_id: int
    course_id: int
    event_id: int
    task_class_id: int
    task_item_id: int
    loose_item_id: int
    plan_id: str
    change_id: int
    session_id: str
    memory_id: int
    deleted_memory_id: int
    conversation_id: str
    run_id: str
    interaction_id: str

    def named(self) -> dict[str, Any]:
        """Give every id by each name that a route may use for it."""
        source = {"type": "task_item", "id": self.task_item_id}
        pool = {"type": "task_pool", "id": self.task_id}
        return {
            **{
                name: getattr(self, name)
                for name in self.__struct_fields__
                if name not in {"done_task_id", "loose_item_id", "deleted_memory_id"}
            },
            "id": self.event_id,
            "ids": [self.task_id, self.done_task_id],
            "task_ids": [self.task_id],
            "task_class_ids": [self.task_class_id],
            "source_id": self.task_item_id,
            "source_type": "task_item",
            "embed_course_event_id": self.event_id,
            "makeup_for_event_id": self.event_id,
            "source": source,
            "replan": [source, pool],
        }


async def everything(app: App, somebody: Somebody) -> Belongings:
    """Give a person one of everything: a term, courses, tasks, a class, a block, an open plan, memories, a second login."""
    term = await _done(somebody.put("/schedule/term", {**TERM, "name": f"{MARK} term"}))
    await _done(somebody.post("/course/import", {"courses": [_course("course", 1), _course("filler", 2, is_allow_tasks=True)]}))
    courses = await _done(somebody.get("/course/list"))
    task = await somebody.adds_task(f"{MARK} task")
    done = await somebody.adds_task(f"{MARK} task that is done")
    await _done(somebody.put("/task/complete", {"task_id": done}))
    made = await _done(somebody.post("/task-class/add", study_plan()))
    first, second = (item["id"] for item in made["items"])
    placed = await _done(somebody.post(f"/task-class/insert-into-schedule?task_item_id={first}", SATURDAY))
    planned = await somebody.post("/schedule/smart-planning-multi", {"task_ids": [task]})
    assert planned.status == 200, planned.body
    conversation, run = await _talk(app, somebody)
    waiting = (await _done(somebody.get("/agent/conversation-meta", conversation_id=conversation)))["pending"]
    memory = await somebody.remembers(f"{MARK} likes mornings", run_id=run, conversation_id=conversation)
    forgotten = await somebody.remembers(f"{MARK} likes evenings")
    await _done(somebody.delete(f"/memory/items/{forgotten}"))
    await app.settle()
    return Belongings(
        term_id=term["term_id"],
        task_id=task,
        done_task_id=done,
        course_id=courses[0]["id"],
        event_id=placed["created_event_ids"][0],
        task_class_id=made["id"],
        task_item_id=first,
        loose_item_id=second,
        plan_id=planned.body["plan"]["plan_id"],
        change_id=placed["change_id"],
        session_id=somebody.tokens["session_id"],
        memory_id=memory,
        deleted_memory_id=forgotten,
        conversation_id=conversation,
        run_id=run,
        interaction_id=waiting["interaction_id"],
    )


async def _talk(app: App, somebody: Somebody) -> tuple[str, str]:
    """Ask for a task and for its deletion, which waits for a yes; gives the conversation and its last run."""
    first = await somebody.post("/agent/chat", {"message": f"Add renew {MARK} library card"})
    told = {"message": "Delete the library card task", "conversation_id": first.headers["x-conversation-id"]}
    last = await somebody.post("/agent/chat", told)
    assert (first.status, last.status) == (200, 200), (first.body, last.body)
    return last.headers["x-conversation-id"], last.headers["x-run-id"]


def study_plan(name: str = f"{MARK} class") -> dict[str, Any]:
    """A class of two blocks."""
    return {
        "name": name,
        "mode": "auto",
        "start_date": "2026-09-21",
        "end_date": "2026-12-20",
        "config": {"total_slots": 2, "strategy": "steady"},
        "items": [{"order": number, "content": f"{MARK} chapter {number}"} for number in (1, 2)],
    }


def _course(name: str, day: int, **more: Any) -> dict[str, Any]:
    meets = {"start_week": 1, "end_week": 4, "day_of_week": day, "start_section": 1, "end_section": 2}
    return {"course_name": f"{MARK} {name}", "location": f"{MARK} room", "teacher": f"{MARK} teacher", "arrangements": [meets], **more}


def _file() -> bytes:
    return json.dumps({"format": "smartflow", "version": 1, "courses": [_course("third course", 3)]}).encode()


def _text(value: Any) -> Any:
    return ",".join(str(each) for each in value) if isinstance(value, list) else value


async def _done(asked: Any) -> Any:
    answer = await asked
    assert answer.status == 200, answer.body
    return answer.data


# For every route with a key (and only these need one: the others are asked by the names of their members).
WORKING: dict[str, Callable[[Belongings], Request]] = {
    "POST /task/create": lambda my: Request(body={"title": f"{MARK} new task", "priority_group": 2}),
    "PUT /task/update": lambda my: Request(body={"task_id": my.task_id, "title": f"{MARK} changed task"}),
    "PUT /task/complete": lambda my: Request(body={"task_id": my.task_id}),
    "PUT /task/undo-complete": lambda my: Request(body={"task_id": my.done_task_id}),
    "DELETE /task/delete": lambda my: Request(query={"task_id": my.task_id}),
    "POST /course/import": lambda my: Request(body={"courses": [_course("third course", 3)], "term_id": my.term_id}),
    "POST /course/import-file": lambda my: Request(files={"file": ("term.json", _file())}),
    "PATCH /course/{course_id}": lambda my: Request({"course_id": my.course_id}, body={"location": f"{MARK} other room"}),
    "DELETE /course/{course_id}": lambda my: Request({"course_id": my.course_id}),
    "POST /task-class/add": lambda my: Request(body=study_plan()),
    "PUT /task-class/update": lambda my: Request(query={"task_class_id": my.task_class_id}, body=study_plan(f"{MARK} changed class")),
    "POST /task-class/insert-into-schedule": lambda my: Request(query={"task_item_id": my.loose_item_id}, body=SUNDAY),
    "PUT /task-class/apply-batch-into-schedule": lambda my: Request(
        body={"task_class_id": my.task_class_id, "items": [{"task_item_id": my.loose_item_id, **SUNDAY}]}
    ),
    "DELETE /task-class/delete-item": lambda my: Request(query={"task_item_id": my.task_item_id}),
    "DELETE /task-class/delete-class": lambda my: Request(query={"task_class_id": my.task_class_id}),
    "POST /memory/items": lambda my: Request(body={"memory_type": "fact", "content": f"{MARK} new memory"}),
    "PATCH /memory/items/{memory_id}": lambda my: Request({"memory_id": my.memory_id}, body={"content": f"{MARK} likes noons"}),
    "DELETE /memory/items/{memory_id}": lambda my: Request({"memory_id": my.memory_id}, query={"erase": "true"}),
    "POST /memory/items/{memory_id}/restore": lambda my: Request({"memory_id": my.deleted_memory_id}),
    "PUT /memory/settings": lambda my: Request(
        body={"memory_enabled": True, "implicit_memory_enabled": False, "sensitive_memory_enabled": True}
    ),
    "PUT /schedule/term": lambda my: Request(body={**TERM, "term_id": my.term_id, "name": f"{MARK} changed term"}),
    "PUT /schedule/term/day-overrides": lambda my: Request(
        body={"term_id": my.term_id, "overrides": [{"date": "2026-10-01", "kind": "off"}]}
    ),
    "DELETE /schedule/delete": lambda my: Request(body=[{"id": my.event_id, "delete_course": True}]),
    "DELETE /schedule/undo-task-item": lambda my: Request(query={"event_id": my.event_id}),
    "POST /schedule/changes": lambda my: Request(body={"changes": [{"op": "move", "event_id": my.event_id, **SUNDAY}]}),
    "POST /schedule/changes/{change_id}/undo": lambda my: Request({"change_id": my.change_id}),
    "PUT /schedule/plans/{plan_id}": lambda my: Request(
        {"plan_id": my.plan_id}, body={"revision": 1, "unplace": [{"type": "task_pool", "id": my.task_id}]}
    ),
    "POST /schedule/plans/{plan_id}/apply": lambda my: Request({"plan_id": my.plan_id}, body={"revision": 1}),
}
