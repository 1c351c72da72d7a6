"""The task pool as a part of a process."""

from datetime import timedelta
from functools import partial

from smartflow.client.task import TaskClient
from smartflow.services.task import handlers, sweep, tables
from smartflow.services.task.service import TaskService
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part


def task_part(ground: Ground) -> Part[TaskClient]:
    """Build the four quadrants, and the sweeps that turn tasks urgent and erase hidden ones."""
    urgency = Loop("task.urgency", every=timedelta(seconds=1), run=partial(sweep.promote, ground.database))
    hidden = Loop("task.hidden", every=timedelta(hours=1), run=partial(sweep.erase_hidden, ground.database))
    return Part("task", TaskService(ground.database), tables.metadata, handlers.subscribe, (urgency, hidden))
