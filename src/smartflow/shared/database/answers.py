"""How what is erased leaves the answers that were stored for repeats."""

from collections.abc import Collection

from sqlalchemy import delete, select

from smartflow.shared.database.effects import effects
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.ids import OwnerId

_PORTION = 200


async def forget(unit: Unit, owner: OwnerId, marks: Collection[bytes]) -> None:
    """Delete an owner's stored answers in which one of some marks occurs; a repeat of such a request is a new one then.

    They are looked through here: engines do not agree on how to look into bytes, and what is missed would be kept.
    """
    mine = effects.c.owner == owner
    rows = await unit.all(select(effects.c.effect_key, effects.c.result).where(mine))
    showing = [row.effect_key for row in rows if any(mark in row.result for mark in marks)]
    for start in range(0, len(showing), _PORTION):
        await unit.run(delete(effects).where(mine, effects.c.effect_key.in_(showing[start : start + _PORTION])))
