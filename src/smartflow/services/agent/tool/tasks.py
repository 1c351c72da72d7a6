"""Tools on tasks."""

import asyncio
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from smartflow.client.schedule.block import Placed
from smartflow.client.schedule.place import Source
from smartflow.client.task import Quadrant, Task, TaskDraft, TaskFilter, TaskNotCompleted, TaskNotFound
from smartflow.services.agent.model import Card, Result
from smartflow.services.agent.tool import texts, times
from smartflow.services.agent.tool.arguments import CreateTask, DeleteTask, OneTask, QueryTasks
from smartflow.services.agent.tool.results import Deleted, Said, TaskDone, Tasks
from smartflow.services.agent.tool.show import card_data, done, quadrant_for, refused, refused_by, task_card, task_shown
from smartflow.services.agent.tool.tool import Instrument, Scene
from smartflow.services.agent.tool.undo import steps_of
from smartflow.shared.kernel.ids import TaskId
from smartflow.shared.kernel.refusal import Refusal


async def create(scene: Scene, wanted: CreateTask) -> Result:
    """Make a task."""
    deadline = None
    if wanted.when is not None:
        deadline = times.deadline(wanted.when, scene)
        if deadline is None:
            return refused("no_time", texts.NO_TIME, scene)
    quadrant = quadrant_for(deadline, scene.now) if wanted.quadrant is None else Quadrant(wanted.quadrant)
    draft = TaskDraft(wanted.title, quadrant, wanted.sections or 1, deadline)
    try:
        task = await scene.tasks.create(scene.call, draft)
    except Refusal as refusal:
        return refused_by(refusal, scene)
    title = texts.CREATED.render(scene.call.language, title=task.title)
    card = task_card(task, scene, "quick_note")
    return done(TaskDone(task_shown(task, scene)), title, cards=(card,), undo={"op": "delete", "task": task.id, "title": task.title})


async def complete(scene: Scene, wanted: OneTask) -> Result:
    """Mark a task as done."""
    task = await _task(scene, wanted.ref)
    if task is None:
        return refused("40050", texts.NO_TASK, scene)
    try:
        completed = await scene.tasks.complete(scene.call, task.id)
    except TaskNotFound as refusal:
        return refused_by(refusal, scene)
    now = await _task(scene, wanted.ref) or task
    title = texts.COMPLETED.render(scene.call.language, title=task.title)
    undo = None if completed.already_completed else {"op": "reopen", "task": task.id, "title": task.title}
    return done(TaskDone(task_shown(now, scene), completed.already_completed), title, undo=undo)


async def reopen(scene: Scene, wanted: OneTask) -> Result:
    """Take a task's completion back."""
    task = await _task(scene, wanted.ref)
    if task is None:
        return refused("40050", texts.NO_TASK, scene)
    try:
        await scene.tasks.reopen(scene.call, task.id)
    except (TaskNotFound, TaskNotCompleted) as refusal:
        return refused_by(refusal, scene)
    now = await _task(scene, wanted.ref) or task
    title = texts.REOPENED.render(scene.call.language, title=task.title)
    return done(TaskDone(task_shown(now, scene)), title, undo={"op": "complete", "task": task.id, "title": task.title})


async def delete(scene: Scene, wanted: DeleteTask) -> Result:
    """Delete tasks with their blocks; each step has a key of its own."""
    titles, blocks, back = list[str](), 0, list[dict[str, object]]()
    for task_id in _ids(wanted.refs):
        # Not looked up before: run again after a crash, the key gives what was deleted then.
        part = scene.call.part(f"task-{task_id}")
        try:
            gone = await scene.tasks.delete(part, task_id)
            if gone.already_gone:
                continue
            back.append({"op": "restore", "task": task_id, "title": gone.title, "change": None})
            titles.append(gone.title)
            change = await scene.timetable.release(part.part("release"), task_id, gone.version)
        except Refusal as refusal:
            if not titles:
                return refused_by(refusal, scene)
            break  # what is gone stays gone, is named, and can be taken back
        blocks += len(change.removed)
        back[-1]["change"] = change.change_id
        await asyncio.sleep(0)
    if not titles:
        return refused("40050", texts.NO_TASK, scene)
    title = texts.DELETED.render(scene.call.language, titles=", ".join(titles))
    return done(Deleted(tuple(titles), blocks), title, undo={"op": "group", "steps": back})


async def query(scene: Scene, wanted: QueryTasks) -> Result:
    """List tasks."""
    window = None if wanted.due is None else times.window(wanted.due, scene)
    if wanted.due is not None and window is None:
        return refused("no_time", texts.NO_TIME, scene)
    wish = TaskFilter(
        quadrant=None if wanted.quadrant is None else Quadrant(wanted.quadrant),
        keyword=wanted.keyword,
        completed=wanted.completed,
        deadline_after=None if window is None else window.start,
        deadline_before=None if window is None else window.end,
    )
    found = (await scene.tasks.find(scene.call, wish)).tasks
    order = sorted(found, key=lambda task: (task.deadline_at is None, task.deadline_at or scene.now, task.id))
    shown = tuple(task_shown(task, scene) for task in order[: wanted.limit])
    said = None if window is None else window.said
    title = texts.TASKS.render(scene.call.language, count=len(order))
    card = _query_card(scene, wanted, order, "" if said is None else getattr(said, scene.call.language))
    return done(Tasks(shown, len(order), said), title, cards=(card,))


def _query_card(scene: Scene, wanted: QueryTasks, order: list[Task], window: str) -> Card:
    shown = order[: wanted.limit]
    data = {
        "result_count": len(order),
        "shown_count": len(shown),
        "has_more": len(order) > len(shown),
        "tasks": [card_data(task, scene) | {"is_completed": task.is_completed} for task in shown],
        "query_filters": [{"key": "due", "label": "due", "value": window, "operator": "in", "display_text": window}] if window else [],
        "query_summary": window,
    }
    return Card("task_query", texts.TASKS.render(scene.call.language, count=len(order)), window, data)


class Preview(Struct, frozen=True):
    """What a call would do, for the confirmation: `diff` names each thing and each block, `said` tells the times of these."""

    op: str
    diff: tuple[Mapping[str, Any], ...]
    said: tuple[Said, ...] = ()


async def preview(scene: Scene, name: str, wanted: Struct) -> Preview:
    """Show what a call would do; nothing: there is nothing to be done."""
    match wanted:
        case CreateTask():
            return _preview_of_new(scene, wanted)
        case DeleteTask():
            found = await _tasks(scene, wanted.refs)
            placed = await scene.timetable.placed(scene.call, [Source.task(task.id) for task in found])
            names, live = {task.id: task.title for task in found}, [each for each in placed if each.state == "live"]
            blocks = [_block(each, names[TaskId(each.source.id)], scene.call.zone) for each in live]
            said = tuple(times.said_span(each.starts_at, each.ends_at, scene.now, scene.call.zone) for each in live)
            return Preview("hide", (*(_entry("hide", task) for task in found), *blocks), said)
        case OneTask():
            op = name.removesuffix("_task")
            return Preview(op, tuple(_entry(op, task) for task in await _tasks(scene, (wanted.ref,))))
        case _:
            steps = steps_of(scene.written[-1].undo) if scene.written else []
            return Preview("undo", tuple({"op": "undo", "name": step["title"]} for step in steps))


def _preview_of_new(scene: Scene, wanted: CreateTask) -> Preview:
    """Show a task that is to be made, with the moment that its words meant when they were said: a yes is for that one."""
    due = None if wanted.when is None else times.deadline(wanted.when, scene)
    if wanted.when is not None and due is None:
        return Preview("add", ())  # nobody can read that time, and the tool says so
    entry = {"op": "add", "name": wanted.title, "source": {"type": "task_pool"}, "deadline_at": times.local(due, scene.call.zone)}
    return Preview("add", (entry,), () if due is None else (times.said_deadline(due, scene.now, scene.call.zone),))


def _entry(op: str, task: Task) -> Mapping[str, Any]:
    return {"op": op, "name": task.title, "source": {"type": "task_pool", "id": task.id}}


def _block(placed: Placed, name: str, zone: str) -> Mapping[str, Any]:
    place = placed.place
    where = {"week": place.week, "day_of_week": place.day, "start_section": place.first, "end_section": place.last}
    before = {"event_id": placed.event, "place": where, "term_id": placed.term, "state": placed.state, "pinned": placed.pinned}
    before |= {"start_at": times.local(placed.starts_at, zone), "end_at": times.local(placed.ends_at, zone)}
    before |= {"done_sections": placed.done_sections}
    return {"op": "remove", "name": name, "source": {"type": placed.source.type, "id": placed.source.id}, "before": before}


async def _task(scene: Scene, ref: str) -> Task | None:
    found = await _tasks(scene, (ref,))
    return found[0] if found else None


async def _tasks(scene: Scene, refs: tuple[str, ...]) -> list[Task]:
    ids = _ids(refs)
    known = {task.id: task for task in await scene.tasks.known(scene.call, ids)}
    return [known[each] for each in ids if each in known]


def _ids(refs: tuple[str, ...]) -> list[TaskId]:
    return list(dict.fromkeys(TaskId(int(ref.partition(":")[2])) for ref in refs if ref.startswith("task:")))


INSTRUMENTS = (
    Instrument("query_tasks", QueryTasks, "read", "none", query),
    Instrument("create_task", CreateTask, "commit", "light", create),
    Instrument("complete_task", OneTask, "commit", "light", complete),
    Instrument("reopen_task", OneTask, "commit", "light", reopen),
    Instrument("delete_task", DeleteTask, "commit", "medium", delete),
)
