"""What the pool computes for plans: bytes in, bytes out. A job that is told to stop answers with what it has."""

from msgspec import Struct

from smartflow.services.schedule.planner import appraise as appraising
from smartflow.services.schedule.planner import engine
from smartflow.services.schedule.planner.instance import Instance, Place
from smartflow.shared.kernel.codec import pack, unpack
from smartflow.shared.process.worker import should_stop

KIND = "plan"


class Drawn(Struct, frozen=True):
    """A planning job, and where somebody puts its blocks (by source)."""

    instance: Instance
    places: dict[str, Place]


def plan(instance: bytes) -> bytes:
    """Plan a packed instance into a packed answer; told to stop, with the best plan so far."""
    return engine.plan(instance, should_stop)


def appraise(drawn: bytes) -> bytes:
    """Tell a packed `Drawn` as a packed answer."""
    job = unpack(drawn, Drawn)
    return pack(appraising.appraise(job.instance, job.places))
