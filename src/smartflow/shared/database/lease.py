"""Leases: one holder at a time for what must not run twice, with a fence that grows with every new holder."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, select, update

from smartflow.shared.database.database import Database
from smartflow.shared.database.types import Instant
from smartflow.shared.database.unit import Read, Unit

metadata = MetaData()
leases = Table(
    "leases",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)


_PORTION = 500
# Of one process: the lease is its own, another's or nobody's, or it was its own until somebody else took it.
State: TypeAlias = Literal["held", "away", "lost"]


class LeaseLost(Exception):  # noqa: N818 - it happens in ordinary operation
    """Another holder has the lease by now; nothing of this unit may be written."""


def _all_there(holder: str, ours: str) -> bool:
    """Take every holder for alive until its time is over."""
    del holder, ours
    return False


def _unheard(name: str, state: State) -> None:
    """Tell nobody."""


class Leases:
    """Acquires and renews leases for one process.

    `heard` is told what became of those that loops and relays keep; of a holder that `gone` knows to be no more, nobody waits
    for the end of its lease.
    """

    def __init__(
        self,
        database: Database,
        holder: str,
        heard: Callable[[str, State], None] = _unheard,
        gone: Callable[[str, str], bool] = _all_there,
    ) -> None:
        self._database = database
        self.holder = holder
        self.heard = heard
        self._gone = gone

    async def acquire(self, name: str, ttl: timedelta) -> int | None:
        """Take a lease that is free, lapsed or ours already; gives its fence, or None while another holds it."""
        async with self._database.work() as unit:
            return await self.take(unit, name, ttl)

    async def take(self, unit: Unit, name: str, ttl: timedelta) -> int | None:
        """Take a lease as `acquire` does, in the commit of what begins under it."""
        row = await unit.first(select(leases).where(leases.c.name == name).with_for_update())
        until = unit.now + ttl
        if row is None:
            await unit.run(leases.insert().values(name=name, holder=self.holder, fence=1, until=until))
            return 1
        ours: bool = row.holder == self.holder
        if not ours and row.until > unit.now and not self._gone(row.holder, self.holder):
            return None
        fence: int = row.fence if ours and row.until > unit.now else row.fence + 1
        await unit.run(update(leases).where(leases.c.name == name).values(holder=self.holder, fence=fence, until=until))
        return fence

    async def renew(self, unit: Unit, held: Mapping[str, int], ttl: timedelta) -> set[str]:
        """Renew many leases at once, by name and fence; gives the names of those that are ours no more."""
        still = set[str]()
        for names in _portions(held):
            mine = leases.c.name.in_(names) & (leases.c.holder == self.holder)
            await unit.run(update(leases).where(mine).values(until=unit.now + ttl))
            found = await unit.all(select(leases.c.name, leases.c.fence).where(mine))
            still |= {row.name for row in found if row.fence == held[row.name]}
        return held.keys() - still

    async def unheld(self, reader: Read, names: Collection[str]) -> set[str]:
        """Tell which leases no other process holds: free, lapsed, ours, or of a holder that is gone."""
        taken = set[str]()
        for some in _portions(names):
            held = select(leases.c.name, leases.c.holder).where(leases.c.name.in_(some), leases.c.until > reader.now)
            taken |= {row.name for row in await reader.all(held) if not self._is_free(row.holder)}
        return set(names) - taken

    def _is_free(self, holder: str) -> bool:
        return holder == self.holder or self._gone(holder, self.holder)

    async def release(self, name: str, fence: int) -> None:
        """Give a lease back, if it is still ours."""
        async with self._database.work() as unit:
            mine = (leases.c.name == name) & (leases.c.holder == self.holder) & (leases.c.fence == fence)
            await unit.run(update(leases).where(mine).values(until=unit.now))


def _portions(names: Collection[str]) -> Iterator[list[str]]:
    every = sorted(names)
    for start in range(0, len(every), _PORTION):
        yield every[start : start + _PORTION]


class Held:
    """One lease that a loop keeps: taken when free, renewed once a third of it is used."""

    def __init__(self, leases_of_process: Leases, name: str, ttl: timedelta, now: Callable[[], datetime]) -> None:
        self._leases = leases_of_process
        self._name = name
        self._ttl = ttl
        self._now = now
        self._fence: int | None = None
        self._renew_at: datetime | None = None

    async def fence(self) -> int | None:
        """Give the fence while the lease is ours, else None."""
        now = self._now()
        if self._fence is None or self._renew_at is None or now >= self._renew_at:
            found = await self._leases.acquire(self._name, self._ttl)
            # One more than ours is ours again, lapsed while nobody else took it: each who takes one makes its fence grow.
            if self._fence is not None and found not in (self._fence, self._fence + 1):
                self.lost()
            self._fence = found
            self._renew_at = now + self._ttl / 3
            self._leases.heard(self._name, "away" if found is None else "held")
        return self._fence

    def lost(self) -> None:
        """Go on without the fence that we had, if any: somebody else holds the lease by now."""
        if self._fence is not None:
            self._fence = None
            self._leases.heard(self._name, "lost")

    async def release(self) -> None:
        """Let another process go on at once."""
        if self._fence is not None:
            await self._leases.release(self._name, self._fence)
            self._fence = None
            self._leases.heard(self._name, "away")


async def forget(unit: Unit, name: str) -> None:
    """Delete a lease that nobody will want again, with the last thing done under it."""
    await unit.run(delete(leases).where(leases.c.name == name))


async def still_ours(reader: Read, name: str, fence: int) -> None:
    """Make sure that a fence is the newest, inside the unit that writes under it.

    Raises:
        LeaseLost: It is not.
    """
    newest = await reader.value(select(leases.c.fence).where(leases.c.name == name).with_for_update())
    if newest != fence:
        raise LeaseLost
