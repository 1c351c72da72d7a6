"""What a keyed request did, and its answer, stored in the commit of the effect itself: a repeat gets it again."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, String, Table, bindparam, select

from smartflow.shared.database.engine import Session
from smartflow.shared.database.types import Instant
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import KeyReused

metadata = MetaData()
effects = Table(
    "effects",
    metadata,
    Column("owner", BigInteger, primary_key=True),
    Column("effect_key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_effects_created_at", "created_at"),
)
# Built once: this statement stands in front of every keyed request.
_FIND = select(effects.c.fingerprint, effects.c.result).where(
    effects.c.owner == bindparam("owner"), effects.c.effect_key == bindparam("key")
)


class Replay(Exception):  # noqa: N818 - an answer, not an error
    """The key was answered before: here is the stored result (JSON)."""

    def __init__(self, stored: bytes) -> None:
        super().__init__("replay")
        self.stored = stored


async def find(session: Session, owner: OwnerId, key: str, fingerprint: str) -> bytes | None:
    """Find the stored result of a key.

    Raises:
        KeyReused: The key belongs to another request.
    """
    rows = (await session.execute(_FIND, {"owner": owner, "key": key})).rows
    if not rows:
        return None
    stored: str = rows[0].fingerprint
    if stored != fingerprint:
        raise KeyReused
    result: bytes = rows[0].result
    return result


async def store(session: Session, owner: OwnerId, key: str, *, fingerprint: str, result: bytes, now: datetime) -> None:
    """Keep the result of a key, in the transaction of its effect."""
    row = {"owner": owner, "effect_key": key, "fingerprint": fingerprint, "result": result, "created_at": now}
    await session.execute(effects.insert(), row)
