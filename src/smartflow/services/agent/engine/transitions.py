"""Which phase follows which: one table, to which the runner keeps."""

from typing import assert_never

from smartflow.services.agent.model import Act, Answered, Ask, Block, Confirm, End, Phase, Step, Think

NEXT: dict[Phase, frozenset[Phase]] = {
    "route": frozenset({"quick_task", "confirm", "interrupt", "end"}),
    "quick_task": frozenset({"quick_task", "confirm", "interrupt", "end"}),
    "confirm": frozenset({"interrupt"}),
    "interrupt": frozenset({"end"}),
    "end": frozenset(),
}


def phase_of(step: Step, *, first: bool) -> Phase:
    """Name the phase in which a step is done; the first thinking of a run routes."""
    match step:
        case Think():
            return "route" if first else "quick_task"
        case Act() | Block() | Answered():
            return "quick_task"
        case Confirm():
            return "confirm"
        case Ask():
            return "interrupt"
        case End():
            return "end"
        case _:
            assert_never(step)


def next_phase(before: Phase | None, step: Step) -> Phase:
    """Go on to the phase of a step; before the first step of a run in this process there is none.

    Raises:
        RuntimeError: It may not follow the phase before.
    """
    after = phase_of(step, first=before is None)
    if before is not None and after not in NEXT[before]:
        message = f"{after} does not follow {before}"
        raise RuntimeError(message)
    return after
