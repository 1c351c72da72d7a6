"""Tasks and blocks as tools show them, and the parts of a result that all tools make alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from smartflow.client.task import SOON, Quadrant, Task
from smartflow.services.agent.model import Card, Result
from smartflow.services.agent.tool import texts, times
from smartflow.services.agent.tool.results import Refused, Said, TaskShown
from smartflow.services.agent.tool.tool import Scene
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Language, Text


def task_shown(task: Task, scene: Scene) -> TaskShown:
    """Show a task."""
    due = task.deadline_at
    said = None if due is None else times.said_deadline(due, scene.now, scene.call.zone)
    return TaskShown(f"task:{task.id}", task.id, task.title, int(task.quadrant), task.sections, task.is_completed, due, said)


def done(value: Struct, title: str, *, cards: tuple[Card, ...] = (), undo: Mapping[str, Any] | None = None) -> Result:
    """Tell what a tool did or found."""
    facts = plain(value)
    return Result(status="done", value=facts, title=title, cards=cards, undo=None if undo is None else dict(undo))


def refused(code: str, text: Text, scene: Scene) -> Result:
    """Tell why a tool did nothing."""
    return _refused(code, text, scene.call.language)


def refused_by(refusal: Refusal, scene: Scene) -> Result:
    """Tell what a service refused."""
    filled = Text(zh=refusal.text.render("zh", **refusal.facts), en=refusal.text.render("en", **refusal.facts))
    return refused(refusal.code, filled, scene)


def blocked(language: Language) -> Result:
    """Tell that the person said no."""
    value = {"reason": "refused_by_person"}
    return Result(status="blocked", value=value, title=texts.BLOCKED.render(language))


def invalid(reason: str, why: str, language: Language) -> Result:
    """Tell a model that its call cannot be run as it is."""
    return _refused(reason, Text(zh=why, en=why), language)


def too_many(most: int, language: Language) -> Result:
    """Tell a model that its call is one more than go in an answer."""
    return _refused("too_many_calls", Text(zh=texts.TOO_MANY.zh.format(most=most), en=texts.TOO_MANY.en.format(most=most)), language)


def stopped(language: Language) -> Result:
    """Tell that an answer was stopped before this was done."""
    return _refused("stopped", texts.STOPPED, language)


def done_plain(value: dict[str, Any], title: str) -> Result:
    """Tell what came, as it came."""
    return Result(status="done", value=value, title=title)


def task_card(task: Task, scene: Scene, source: str) -> Card:
    """Show a task as a card."""
    language = scene.call.language
    shown = task_shown(task, scene)
    summary = "" if shown.deadline is None else getattr(shown.deadline, language)
    return Card("task_record", task.title, summary, card_data(task, scene) | {"status": "todo"}, source)


def card_data(task: Task, scene: Scene) -> dict[str, Any]:
    """Give the members of a task that cards show."""
    return {
        "id": task.id,
        "title": task.title,
        "priority_group": int(task.quadrant),
        "priority_label": texts.QUADRANTS[int(task.quadrant)].render(scene.call.language),
        "estimated_sections": task.sections,
        "deadline_at": times.local(task.deadline_at, scene.call.zone),
        "urgency_threshold_at": times.local(task.urgent_from, scene.call.zone),
    }


def quadrant_for(deadline: datetime | None, now: datetime) -> Quadrant:
    """Choose the quadrant of a task by its deadline: none 3, within two days 1, later 2."""
    if deadline is None:
        return Quadrant(3)
    return Quadrant(1) if deadline - now <= SOON else Quadrant(2)


def _refused(code: str, text: Text, language: Language) -> Result:
    value = plain(Refused(code, Said(text.zh, text.en)))
    return Result(status="refused", value=value, title=texts.REFUSED.render(language))
