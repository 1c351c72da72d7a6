"""The tool that takes back what this conversation did last."""

from typing import Any

from msgspec.structs import replace

from smartflow.client.schedule.change import AlreadyUndone, ChangeNotFound
from smartflow.client.task import TaskNotCompleted, TaskNotFound
from smartflow.services.agent.model import Result
from smartflow.services.agent.tool import texts
from smartflow.services.agent.tool.arguments import Undo
from smartflow.services.agent.tool.results import Undone, What
from smartflow.services.agent.tool.show import done, refused_by
from smartflow.services.agent.tool.tool import Instrument, Scene
from smartflow.shared.kernel.ids import ChangeId, TaskId
from smartflow.shared.kernel.refusal import Refusal

_WHAT: dict[str, What] = {"delete": "created", "reopen": "completed", "complete": "reopened", "restore": "deleted"}


async def undo(scene: Scene, wanted: Undo) -> Result:
    """Take back the newest group of writes, its newest step first."""
    del wanted
    if not scene.written:
        return done(Undone("nothing"), texts.NOTHING.render(scene.call.language))
    group = scene.written[-1]
    titles = list[str]()
    kinds: set[What] = set()
    for number, step in enumerate(reversed(steps_of(group.undo))):
        try:
            await _take_back(scene, step, number)
        except Refusal as refusal:
            return refused_by(refusal, scene)
        kinds.add(_WHAT[step["op"]])
        titles.append(step["title"])
    what: What = kinds.pop() if len(kinds) == 1 else "several"
    result = done(Undone(what, tuple(reversed(titles))), texts.UNDONE.render(scene.call.language))
    return replace(result, undone=group.run)


def steps_of(undo_steps: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """Lay the steps of groups open."""
    return [step for each in undo_steps for step in (each["steps"] if each["op"] == "group" else (each,))]


async def _take_back(scene: Scene, step: dict[str, Any], number: int) -> None:
    part, task = scene.call.part(f"undo-{number}"), TaskId(step["task"])
    try:
        match step["op"]:
            case "delete":
                gone = await scene.tasks.delete(part, task)
                await scene.timetable.release(part.part("release"), task, gone.version)
            case "reopen":
                await scene.tasks.reopen(part, task)
            case "complete":
                await scene.tasks.complete(part, task)
            case _:
                await _bring_back(scene, step, number)
    except (TaskNotFound, TaskNotCompleted):
        return  # somebody else has taken it back already


async def _bring_back(scene: Scene, step: dict[str, Any], number: int) -> None:
    part = scene.call.part(f"undo-{number}")
    await scene.tasks.restore(part, TaskId(step["task"]))
    if step.get("change") is not None:
        try:
            await scene.timetable.undo(part.part("change"), ChangeId(step["change"]))
        except (AlreadyUndone, ChangeNotFound):
            return


INSTRUMENTS = (Instrument("undo", Undo, "commit", "light", undo),)
