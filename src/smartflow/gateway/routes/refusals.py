"""Groups of refusals that several routes share."""

from smartflow.client.schedule import violation as say
from smartflow.client.schedule.classes import ItemNotFound
from smartflow.client.task import TaskNotFound

PLACING = (
    say.OutsideTerm,
    say.HostTaken,
    say.PlaceOccupied,
    say.HostNotFound,
    say.OutsideHost,
    say.EventNotFound,
    say.AlreadyPlaced,
    say.NotPlaced,
    say.UnknownSection,
    say.BadDay,
    say.RangeInverted,
    say.OutsideClass,
    say.RulesBroken,
    ItemNotFound,
    TaskNotFound,
)
"""What the one validator can say."""
