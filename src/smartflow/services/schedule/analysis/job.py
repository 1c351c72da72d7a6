"""The whole examination, for a worker process: bytes in, bytes out. Pure."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from smartflow.services.schedule.analysis.findings import Deadline, Finding, findings
from smartflow.services.schedule.analysis.measure import measured
from smartflow.services.schedule.analysis.options import Option, options, room
from smartflow.services.schedule.analysis.rhythm import Rhythm, rhythm
from smartflow.services.schedule.analysis.scene import Scene
from smartflow.services.schedule.planner.appraise import standing
from smartflow.services.schedule.planner.cushion import Cushions
from smartflow.services.schedule.planner.feasibility import examine
from smartflow.services.schedule.planner.instance import Instance
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.solution import Solution
from smartflow.shared.kernel import codec


class Job(Struct, frozen=True):
    """A schedule as a planning job, the days to look at (both in), and whether something there breaks a rule."""

    instance: Instance
    days: tuple[int, int]
    broken: bool = False


class Report(Struct, frozen=True):
    """What was found, in codes and numbers."""

    health: int
    room: Literal["loose", "tight", "locked"]
    values: dict[str, float | None]
    findings: list[Finding]
    rhythms: list[Rhythm]
    deadlines: list[Deadline]
    options: list[Option]


def report(job: bytes) -> bytes:
    """Examine a packed job into a packed report.

    Raises:
        msgspec.ValidationError: The bytes are no job.
    """
    return codec.pack(report_on(codec.unpack(job, Job)))


def report_on(job: Job) -> Report:
    """Examine a schedule as it stands."""
    problem = Problem(job.instance)
    places = {block.source: block.current for block in job.instance.blocks if block.current is not None}
    scene = Scene(standing(problem, places), job.days, broken=job.broken)
    deadlines = list(_deadlines(scene))
    cushions = [deadline.cushion for deadline in deadlines]
    rhythms = [rhythm(day, entries, problem.board.held[day], scene.weights.adjacent) for day, entries in scene.worked()]

    def health(solution: Solution) -> int:
        return measured(scene.under(solution), cushions).health

    now = measured(scene, cushions)
    issues = findings(scene, examine(problem), rhythms, deadlines)
    return Report(now.health, room(scene), now.values, issues, rhythms, deadlines, options(scene, health))


def _deadlines(scene: Scene) -> Iterator[Deadline]:
    """List the deadlines in these days with their cushions, by time: of each task, and of each class with work left."""
    problem = scene.solution.problem
    cushions = Cushions(problem)
    until = problem.board.grid.days[scene.days[-1]].ends[-1]
    due: dict[str, int] = {}
    for piece in problem.pieces:
        if piece.deadline is not None and problem.instance.now < piece.deadline <= until:
            due.setdefault(piece.block.source if piece.study is None else f"class:{piece.study.id}", piece.deadline)
    for source, at in sorted(due.items(), key=lambda each: (each[1], each[0])):
        yield Deadline(source, at, cushions.at(at))
