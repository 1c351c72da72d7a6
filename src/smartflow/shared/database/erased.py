"""Whom this database has erased: for 60 days nothing late is written for them again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, bindparam, delete, select

from smartflow.shared.database.types import Instant
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

KEPT = timedelta(days=60)
metadata = MetaData()
erased = Table(
    "erased",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("erased_at", Instant, nullable=False),
    Index("ix_erased_erased_at", "erased_at"),
)
# Built once: this statement may stand in front of every write.
_FIND = select(erased.c.user_id).where(erased.c.user_id == bindparam("owner"))


class AccountGone(Refusal):
    """The account was deleted; nothing is read or written for it any more."""

    status, code = 401, "40014"
    text = Text(zh="这个账号已删除。", en="This account was deleted.")


async def remember(unit: Unit, owner: OwnerId) -> None:
    """Note that an owner is erased, in the unit that erases; noting it again changes nothing."""
    if await unit.first(_FIND, {"owner": owner}) is None:
        await unit.run(erased.insert(), {"user_id": owner, "erased_at": unit.now})


async def refuse(reader: Read, owner: OwnerId) -> None:
    """Let no late write through.

    Raises:
        AccountGone: The owner is erased.
    """
    if await reader.first(_FIND, {"owner": owner}) is not None:
        raise AccountGone


async def among(reader: Read, owners: Iterable[OwnerId]) -> frozenset[OwnerId]:
    """Give those of some owners that are erased: their late facts have no effect."""
    rows = await reader.all(select(erased.c.user_id).where(erased.c.user_id.in_(set(owners))))
    return frozenset(OwnerId(row.user_id) for row in rows)


async def forget_before(unit: Unit, instant: datetime) -> None:
    """Forget whom the database erased before an instant: nothing of theirs is on its way any more."""
    await unit.run(delete(erased).where(erased.c.erased_at < instant))
