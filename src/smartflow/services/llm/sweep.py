"""What time does to reservations, across owners: one without an end is booked in full."""

from datetime import timedelta

from sqlalchemy import and_, select, update

from smartflow.services.llm import repository
from smartflow.services.llm.budget import recorded
from smartflow.services.llm.model import Tokens, usage_of
from smartflow.services.llm.tables import calls
from smartflow.shared.database.database import Database
from smartflow.shared.kernel.ids import OwnerId

LONGEST = timedelta(minutes=30)
"""No answer takes that long: three models, each asked twice at most, and what a run may take in all."""
_PORTION = 100


async def book_lost(database: Database, currency: str) -> None:
    """Book what nobody has settled: its process died, or its database was away."""
    while await _book_some(database, currency) == _PORTION:
        pass


async def _book_some(database: Database, currency: str) -> int:
    async with database.read() as reader:
        # Looking first costs no commit: most minutes have nothing to book.
        begun = calls.c.begun < reader.now - LONGEST
        if await reader.first(select(calls.c.attempt).where(calls.c.state == "reserved", begun).limit(1)) is None:
            return 0
    async with database.work() as unit:
        open_ones = select(calls).where(calls.c.state == "reserved", calls.c.begun < unit.now - LONGEST)
        rows = await unit.all(open_ones.order_by(calls.c.begun).limit(_PORTION).with_for_update(skip_locked=True))
        for row in rows:
            owner = OwnerId(row.user_id)
            this = and_(calls.c.user_id == owner, calls.c.request_id == row.request_id, calls.c.attempt == row.attempt)
            await unit.run(update(calls).where(this).values(state="lost", ended=unit.now, cost=row.reserved))
            await repository.book(unit, owner, row, row.reserved)
            tokens = Tokens(row.prompt_tokens, row.cached_tokens, row.completion_tokens, row.reasoning_tokens, estimated=True)
            unit.publish(recorded(owner, row, row.model, usage_of(tokens, row.reserved, currency, priced=row.priced)))
        return len(rows)
