"""The live stream's hub: what happens to a person's things reaches every tab of theirs that is open here."""

from asyncio import Queue
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from smartflow.client.agent.events import MessageRecorded
from smartflow.client.schedule.events import ClassChanged, ScheduleChanged
from smartflow.client.task import TaskCompleted, TaskCreated, TaskDeleted, TaskReopened, TaskUpdated, TaskUrgencyPromoted
from smartflow.gateway.stream.sse import frame
from smartflow.shared.events.event import Event
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.process.telemetry import Metrics

E = TypeVar("E", bound=Event)
MOST_WAITING = 256
MOST_TABS = 20
_OneTask: TypeAlias = TaskCreated | TaskUpdated | TaskCompleted | TaskReopened | TaskDeleted
_OF_ONE_TASK: tuple[type[_OneTask], ...] = (TaskCreated, TaskUpdated, TaskCompleted, TaskReopened, TaskDeleted)


class Tab:
    """One reader. Whoever lets too much wait is ended: after coming back it reads again what it shows."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        # One place is kept for the word that it is over.
        self._waiting: Queue[bytes | None] = Queue(most + 1)
        self._over = False

    def tell(self, told: bytes) -> None:
        """Have a frame wait for its reader."""
        if self._over:
            return
        if self._waiting.qsize() + 1 >= self._waiting.maxsize:
            self.end()
            return
        self._waiting.put_nowait(told)

    def end(self) -> None:
        """Let what waits go out, and nothing after it."""
        if not self._over:
            self._over = True
            self._waiting.put_nowait(None)

    async def next(self) -> bytes | None:
        """Wait for the next frame; None is the end."""
        return await self._waiting.get()


class Hub:
    """Knows who listens. One person has at most some tabs; the oldest gives way."""

    def __init__(self, metrics: Metrics) -> None:
        self._tabs: dict[OwnerId, list[Tab]] = defaultdict(list)
        self._metrics = metrics
        self._answers: set[Tab] = set()
        self._closed = False

    def subscribe(self, subscriptions: Subscriptions) -> None:
        """Hear of everything that open tabs show."""
        hear = self._hear
        hear(subscriptions, ScheduleChanged, _schedule)
        hear(subscriptions, ClassChanged, lambda event: {"task_class_ids": event.task_class_ids})
        for one in _OF_ONE_TASK:
            hear(subscriptions, one, _task)
        hear(subscriptions, TaskUrgencyPromoted, lambda event: {"task_ids": event.task_ids})
        # That something was said, not what.
        hear(subscriptions, MessageRecorded, lambda event: {"conversation_id": event.conversation_id})

    def open(self, owner: OwnerId) -> Tab:
        """Listen from now on, until `leave`."""
        tab = Tab()
        tabs = self._tabs[owner]
        tabs.append(tab)
        if len(tabs) > MOST_TABS:
            tabs[0].end()
            del tabs[0]
        if self._closed:
            tab.end()
        self._metrics.streams.inc()
        return tab

    def leave(self, owner: OwnerId, tab: Tab) -> None:
        """Listen no longer."""
        self._metrics.streams.dec()
        tabs = self._tabs.get(owner, [])
        if tab in tabs:
            tabs.remove(tab)
        if not tabs:
            self._tabs.pop(owner, None)

    def answering(self, tab: Tab) -> None:
        """Know a stream that follows one answer: it hears of nothing else, and ends with the others."""
        self._answers.add(tab)
        if self._closed:
            tab.end()
        self._metrics.streams.inc()

    def answered(self, tab: Tab) -> None:
        """Know it no longer."""
        if tab in self._answers:
            self._answers.discard(tab)
            self._metrics.streams.dec()

    def tell(self, owner: OwnerId, kind: str, data: object) -> None:
        """Tell all open tabs of a person."""
        tabs = self._tabs.get(owner)
        if tabs:
            told = frame({"kind": kind, "data": data})
            for tab in tabs:
                tab.tell(told)

    async def close(self) -> None:
        """End all streams, and those that open late: their readers come back to another process, or later."""
        self._closed = True
        for tabs in (*self._tabs.values(), self._answers):
            for tab in tabs:
                tab.end()

    def _hear(self, subscriptions: Subscriptions, event: type[E], shown: Callable[[E], dict[str, Any]]) -> None:
        subscriptions.tap(event, lambda told: self.tell(told.owner, told.kind, shown(told)))


def _task(event: _OneTask) -> dict[str, Any]:
    return {"task_ids": [event.task_id]}


def _schedule(event: ScheduleChanged) -> dict[str, Any]:
    return {"schedule_version": event.version, "change_id": event.change_set_id, "kind": event.change, "weeks": event.weeks}
