"""What the judge's errors become for who asked."""

from collections.abc import Iterable

from smartflow.client.schedule import violation as say
from smartflow.client.schedule.classes import ClassNotFound, ItemNotFound
from smartflow.client.schedule.course import CourseNotFound
from smartflow.client.schedule.violation import Violation, Violations, ranked, shared_number
from smartflow.client.task import TaskNotFound
from smartflow.shared.kernel.refusal import Refusal

REFUSALS: tuple[type[Refusal], ...] = (
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
    CourseNotFound,
    ClassNotFound,
)


def refusal(violations: Iterable[Violation]) -> Refusal | None:
    """Make the refusal that errors amount to, with all violations in the order in which they are shown; none: it passes."""
    found = ranked(violations)
    number = shared_number(found)
    return next((kind(Violations(found)) for kind in REFUSALS if kind.code == number), None)
