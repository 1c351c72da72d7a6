"""`/api/v1/live`: every change of a person's things, from any device, within a second."""

from collections.abc import AsyncGenerator
from functools import partial

from starlette.responses import Response

from smartflow.client.schedule.timetable import TimetableClient
from smartflow.gateway.call import Verifier, Visitor, still_on
from smartflow.gateway.route import ENDLESS, READ, Table, get, table
from smartflow.gateway.stream.hub import Hub, Tab
from smartflow.gateway.stream.sse import EventStream, Pace, frame, framed
from smartflow.shared.kernel.call import Call


class LiveRoutes:
    """`/api/v1/live`."""

    def __init__(self, timetable: TimetableClient, hub: Hub, verifier: Verifier, pace: Pace | None = None) -> None:
        self._timetable = timetable
        self._hub = hub
        self._verifier = verifier
        self._pace = pace or Pace()

    def routes(self) -> Table:
        """The table: method, path, what stands before it."""
        return table("live", "", [get("/live", self.live, READ | ENDLESS, media="text/event-stream")])

    async def live(self, call: Call, visitor: Visitor) -> Response:
        """Hear of every change: `hello` first, then one frame per change; nothing is repeated, so read again after `hello`."""
        tab = self._hub.open(call.owner)
        leave = partial(self._hub.leave, call.owner, tab)
        try:
            # Asked only now, so that no change falls between the version and the first frame.
            version = await self._timetable.version(call)
        except BaseException:
            leave()
            raise
        return EventStream(self._frames(tab, version, visitor), leave, pace=self._pace)

    async def _frames(self, tab: Tab, version: int, visitor: Visitor) -> AsyncGenerator[bytes, None]:
        yield frame({"kind": "hello", "data": {"schedule_version": version}})
        async for each in framed(tab, self._pace, still_on(self._verifier, visitor)):
            yield each
