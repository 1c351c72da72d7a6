"""What there is to look at in a stretch of days: codes, numbers and the blocks they are about. Pure."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from msgspec import Struct

from smartflow.services.schedule.analysis.rhythm import Rhythm
from smartflow.services.schedule.analysis.scene import Scene
from smartflow.services.schedule.planner.answer import Cushion
from smartflow.services.schedule.planner.feasibility import Fit

Severity = Literal["critical", "warning"]
# Rules of thumb of `scheduling.md` 8, in switches a day, their share of the day's transitions, and minutes.
_MANY_SWITCHES, _MOSTLY = 5, 0.75
_SWITCHES, _OFTEN = 3, 0.55
_TOO_LONG = 225
# One change between two blocks is no pattern yet.
_A_PATTERN = 2


class Finding(Struct, frozen=True):
    """One of them: `source` names a class or block that it is about as a whole, `blocks` the sources to look at, `day` when."""

    code: str
    severity: Severity
    facts: dict[str, int] = {}
    source: str = ""
    blocks: tuple[str, ...] = ()
    day: int | None = None


class Deadline(Struct, frozen=True):
    """A task's or class's deadline (minutes) and the cushion before it."""

    source: str
    at: int
    cushion: Cushion


def findings(scene: Scene, fit: Fit, rhythms: Sequence[Rhythm], deadlines: Sequence[Deadline]) -> list[Finding]:
    """Find what to look at, the critical before the rest."""
    found = list(chain(_capacity(scene, fit), _time(scene), _short(deadlines), _days(scene, rhythms)))
    return sorted(found, key=lambda each: each.severity != "critical")


def _capacity(scene: Scene, fit: Fit) -> Iterator[Finding]:
    """Tell that not everything can fit, whatever is planned."""
    inside = {piece.block.source for piece in scene.pieces}
    for rank in fit.short:
        sources = tuple(piece.block.source for piece in fit.groups[rank].pieces)
        if inside & set(sources):
            yield Finding("no_capacity", "critical", {"blocks": fit.matching.wanted[rank]}, _owner(scene, sources[0]), sources)


def _time(scene: Scene) -> Iterator[Finding]:
    for work in scene.work:
        source = (work.block.source,)
        if work.late and work.position is not None and work.block.deadline is not None:
            hours = -(-(work.position.ends - work.block.deadline) // 60)
            yield Finding("late", "critical", {"hours": hours}, work.block.source, source, work.position.day)
    for owner, sources in _unplaced(scene).items():
        yield Finding("unplaced", "warning", {"blocks": len(sources)}, owner, tuple(sources))


def _unplaced(scene: Scene) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for work in scene.work:
        if work.position is None:
            found.setdefault(_owner(scene, work.block.source), []).append(work.block.source)
    return found


def _short(deadlines: Sequence[Deadline]) -> Iterator[Finding]:
    for deadline in deadlines:
        if deadline.cushion.sections < 0:
            yield Finding("short_of_time", "critical", {"sections": -deadline.cushion.sections}, deadline.source)


def _days(scene: Scene, rhythms: Sequence[Rhythm]) -> Iterator[Finding]:
    for each in rhythms:
        blocks = tuple(work.block.source for work in scene.placed if work.position is not None and work.position.day == each.day)
        if each.switches >= _MANY_SWITCHES and each.fragmentation >= _MOSTLY:
            yield Finding("fragmented", "critical", {"switches": each.switches}, blocks=blocks, day=each.day)
        elif each.switches >= _SWITCHES or (each.switches >= _A_PATTERN and each.fragmentation >= _OFTEN):
            yield Finding("fragmented", "warning", {"switches": each.switches}, blocks=blocks, day=each.day)
        if each.heavy:
            yield Finding("heavy_adjacent", "warning", {"pairs": each.heavy}, blocks=blocks, day=each.day)
        if each.longest >= _TOO_LONG:
            yield Finding("long_stretch", "warning", {"minutes": each.longest}, blocks=blocks, day=each.day)


def _owner(scene: Scene, source: str) -> str:
    block = next(work.block for work in scene.work if work.block.source == source)
    return source if block.class_id is None else f"class:{block.class_id}"
