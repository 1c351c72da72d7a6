"""Which phase follows which: one table, to which the runner keeps."""

from typing import Literal, TypeAlias

from smartflow.services.agent.model import Act, Answered, Ask, Block, Confirm, Deliver, End, Phase, Refuse, Step, Think

Kind: TypeAlias = Literal["think", "act", "confirm", "ask", "deliver", "end", "break"]

DOES: dict[Phase, frozenset[Kind]] = {
    "route": frozenset({"think"}),
    "quick_task": frozenset({"think", "act"}),
    "execute": frozenset({"think", "act"}),
    "confirm": frozenset({"confirm"}),
    "interrupt": frozenset({"ask"}),
    "deliver": frozenset({"deliver"}),
    "end": frozenset({"end", "break"}),
}
"""What is done in a phase."""

NEXT: dict[tuple[Phase, Kind], Phase] = {
    ("route", "act"): "quick_task",
    ("route", "confirm"): "quick_task",
    ("route", "ask"): "interrupt",
    ("route", "deliver"): "deliver",
    ("route", "end"): "end",
    ("quick_task", "confirm"): "confirm",
    ("quick_task", "ask"): "interrupt",
    ("quick_task", "deliver"): "deliver",
    ("quick_task", "end"): "end",
    ("execute", "confirm"): "confirm",
    ("execute", "ask"): "interrupt",
    ("execute", "deliver"): "deliver",
    ("execute", "end"): "deliver",
    ("confirm", "act"): "execute",
    ("confirm", "end"): "interrupt",
    ("interrupt", "end"): "end",
    ("deliver", "end"): "end",
}
"""Where a phase goes for what it does not do itself; a run that breaks off (cancelled, failed) ends from anywhere."""


_KINDS: dict[type, Kind] = {
    Think: "think",
    Act: "act",
    Block: "act",
    Refuse: "act",
    Answered: "act",
    Confirm: "confirm",
    Ask: "ask",
    Deliver: "deliver",
    End: "end",
}


def kind_of(step: Step) -> Kind:
    """Say what a step is to the table."""
    return "break" if isinstance(step, End) and step.outcome in {"cancelled", "failed"} else _KINDS[type(step)]


def towards(phase: Phase, kind: Kind) -> Phase:
    """Go on from a phase to the one in which such a step is done.

    Raises:
        RuntimeError: No way leads there.
    """
    if kind == "break":
        return "end"
    at = phase
    while kind not in DOES[at]:
        if (at, kind) not in NEXT:
            message = f"a step to {kind} does not follow {phase}"
            raise RuntimeError(message)
        at = NEXT[at, kind]
    return at
