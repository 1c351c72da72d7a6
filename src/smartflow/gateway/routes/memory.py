"""`/api/v1/memory`."""

import asyncio

from msgspec.structs import replace
from starlette.responses import Response

from smartflow.client.memory import BadMemoryContent, BadMemoryType, Memory, MemoryClient, MemoryFilter, MemoryNotFound
from smartflow.gateway.envelope import Ok, Paging
from smartflow.gateway.fields import NothingToUpdate
from smartflow.gateway.route import ENDLESS, KEYED, LOOSE, READ, WRITE, Table, delete, get, patch, post, put, table
from smartflow.gateway.routes.memory_forms import (
    ChangedMemory,
    ErasedForm,
    Forgetting,
    MemoriesQuery,
    MemoryForm,
    NewMemory,
    Restoring,
    SearchQuery,
    SettingsForm,
    SwitchesForm,
)
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.ids import MemoryId

_LINES = "application/x-ndjson"
_NAME = {"Content-Disposition": 'attachment; filename="memories.jsonl"'}
_PAGE = 100


class MemoryRoutes:
    """`/api/v1/memory`."""

    def __init__(self, memories: MemoryClient) -> None:
        self._memories = memories

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        bad = (BadMemoryType, BadMemoryContent)
        return table(
            "memory",
            "/memory",
            [
                get("/items", self.listed, READ, refuses=(BadMemoryType,)),
                post("/items", self.add, WRITE | KEYED, refuses=bad),
                get("/items/{memory_id}", self.get, READ, refuses=(MemoryNotFound,)),
                patch("/items/{memory_id}", self.change, WRITE | KEYED, refuses=(MemoryNotFound, *bad, NothingToUpdate)),
                delete("/items/{memory_id}", self.forget, WRITE | KEYED | LOOSE, refuses=(MemoryNotFound,)),
                post("/items/{memory_id}/restore", self.restore, WRITE | KEYED | LOOSE, refuses=(MemoryNotFound,)),
                get("/search", self.search, READ, refuses=(BadMemoryType,)),
                get("/settings", self.settings, READ),
                put("/settings", self.set_settings, WRITE | KEYED),
                get("/export", self.export, READ | ENDLESS, media=_LINES),
            ],
        )

    async def listed(self, call: Call, query: MemoriesQuery) -> Ok[list[MemoryForm]]:
        """List memories, newest first; deleted ones only if they are asked for."""
        page = await self._memories.find(call, query.filter())
        paging = Paging(has_more=page.next_cursor is not None, next_cursor=page.next_cursor)
        return Ok([MemoryForm.of(memory, call) for memory in page.memories], paging=paging)

    async def add(self, call: Call, data: NewMemory) -> Ok[MemoryForm]:
        """Remember something; what is remembered already is confirmed."""
        return Ok(MemoryForm.of(await self._memories.add(call, data.draft(), reason=data.reason), call))

    async def get(self, call: Call, memory_id: MemoryId) -> Ok[MemoryForm]:
        """Show a memory with its sources."""
        return Ok(MemoryForm.of(await self._memories.get(call, memory_id), call))

    async def change(self, call: Call, memory_id: MemoryId, data: ChangedMemory) -> Ok[MemoryForm]:
        """Change a memory."""
        return Ok(MemoryForm.of(await self._memories.change(call, memory_id, data.patch(), reason=data.reason), call))

    async def forget(self, call: Call, memory_id: MemoryId, data: Forgetting) -> Ok[MemoryForm | ErasedForm]:
        """Delete a memory, for 30 days restorable; with `erase` for good."""
        if data.erase:
            return Ok(ErasedForm.of(await self._memories.erase(call, memory_id)))
        return Ok(MemoryForm.of(await self._memories.delete(call, memory_id, reason=data.reason), call))

    async def restore(self, call: Call, memory_id: MemoryId, data: Restoring) -> Ok[MemoryForm]:
        """Bring a memory back into use."""
        return Ok(MemoryForm.of(await self._memories.restore(call, memory_id, reason=data.reason), call))

    async def search(self, call: Call, query: SearchQuery) -> Ok[list[MemoryForm]]:
        """Find active memories by words, those that fit best first."""
        found = await self._memories.search(call, query.q, types=tuple(query.memory_types or ()), limit=query.limit)
        return Ok([MemoryForm.found(each, call) for each in found])

    async def settings(self, call: Call) -> Ok[SettingsForm]:
        """Show what may be remembered."""
        return Ok(SettingsForm.of(await self._memories.settings(call), call))

    async def set_settings(self, call: Call, data: SwitchesForm) -> Ok[SettingsForm]:
        """Set what may be remembered; it holds at once."""
        return Ok(SettingsForm.of(await self._memories.set_settings(call, data.switches()), call))

    async def export(self, call: Call) -> Response:
        """Give all memories as a file of JSON lines, without deleted ones."""
        lines = b"".join(to_json(MemoryForm.of(each, call)) + b"\n" for each in await remembered(self._memories, call))
        return Response(lines, media_type=_LINES, headers=_NAME)


async def remembered(memories: MemoryClient, call: Call) -> list[Memory]:
    """Gather everything that is remembered and not deleted, newest first."""
    wanted = MemoryFilter(limit=_PAGE)
    page = await memories.find(call, wanted)
    found = list(page.memories)
    while page.next_cursor is not None:
        await asyncio.sleep(0)
        page = await memories.find(call, replace(wanted, cursor=page.next_cursor))
        found += page.memories
    return found
