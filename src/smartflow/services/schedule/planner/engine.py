"""From an instance to an answer: does it fit, a fast start, a short search, the reasons."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Answer, Cause, Certificate, Placement, Unplaced
from smartflow.services.schedule.planner.bound import OMITTED, bound
from smartflow.services.schedule.planner.breakdown import totals
from smartflow.services.schedule.planner.certificate import Shortage, shortages
from smartflow.services.schedule.planner.cost import unpack
from smartflow.services.schedule.planner.explain import Explainer
from smartflow.services.schedule.planner.fast import fast_start
from smartflow.services.schedule.planner.feasibility import Fit, examine
from smartflow.services.schedule.planner.improve import improve
from smartflow.services.schedule.planner.instance import Instance
from smartflow.services.schedule.planner.problem import Problem
from smartflow.services.schedule.planner.relax import Relaxer
from smartflow.services.schedule.planner.solution import Solution, never
from smartflow.shared.kernel import codec

# Shortages for which changes are tried; a plan with more of them has other troubles.
_RELAXED = 8
# Days judged with every standing block where it is, before others may move.
_STILL = 30_000


def plan(instance: bytes, stop: Callable[[], bool] = never) -> bytes:
    """Plan a packed instance into a packed answer, for a worker process.

    Raises:
        msgspec.ValidationError: The bytes are no instance.
    """
    return codec.pack(plan_instance(codec.unpack(instance, Instance), stop))


def plan_instance(instance: Instance, stop: Callable[[], bool] = never) -> Answer:
    """Plan an instance: all blocks jointly, or the most valuable ones that fit, each with its reasons.

    `stop` ends the search early; with as many steps as the answer then names, the same plan comes again.
    """
    problem = Problem(instance)
    fit = examine(problem)
    solution = _search(problem, fit, stop)
    left = any(spot is None for spot in solution.spots)
    proven = shortages(problem, fit) if left else []
    told = _relaxed(solution, fit, proven)
    unplaced = tuple(_left_out(solution, fit, told).values())
    certificate = told[0].certificate if told else None
    if left and not instance.allow_partial:
        failed = Answer(status="unknown", unplaced=unplaced, certificate=certificate, seed=instance.seed, steps=solution.steps)
        return replace(failed, status="infeasible") if proven else failed
    answer = appraised(solution, fit)
    return replace(answer, status="partial" if left else "complete", unplaced=unplaced, certificate=certificate)


def appraised(solution: Solution, fit: Fit) -> Answer:
    """Tell a plan: its placements with their reasons, its cost, and how far from the best it can be."""
    problem = solution.problem
    instance = problem.instance
    least = bound(problem, fit, Solution(problem)) if problem.pieces else solution.total
    score, floor = unpack(solution.total), unpack(least)
    tier = next((rank for rank, (ours, best) in enumerate(zip(score, floor, strict=True), 1) if ours != best), 0)
    gap = (score[tier - 1] - floor[tier - 1]) / max(1, score[tier - 1]) if tier else 0.0
    modelled = {term.code for term in instance.model.terms}
    return Answer(
        status="complete",
        placements=tuple(_placements(solution)),
        score=score,
        bound=floor,
        terms=totals(solution),
        gap=gap,
        tier=tier,
        proof="bounded" if tier else "optimal",
        omitted_terms=tuple(code for code in OMITTED if code in modelled) if tier else (),
        seed=instance.seed,
        steps=solution.steps,
    )


def _search(problem: Problem, fit: Fit, stop: Callable[[], bool]) -> Solution:
    """Find a plan: first with every standing block where it is, then moving as many as may be moved."""
    instance = problem.instance
    solution = fast_start(problem, fit)
    solution.stop = stop
    standing = any(piece.current is not None for piece in problem.pieces)
    solution.moves_allowed = solution.moved
    improve(solution, budget=min(instance.steps, _STILL) if standing else instance.steps, seed=instance.seed)
    if standing and instance.max_moves > solution.moved:
        solution.moves_allowed = instance.max_moves
        improve(solution, budget=instance.steps, seed=instance.seed)
    return solution


def _placements(solution: Solution) -> Iterable[Placement]:
    explainer, board = Explainer(solution), solution.problem.board
    for piece in solution.problem.pieces:
        spot = solution.spots[piece.index]
        if spot is not None:
            yield Placement(piece.block.source, board.place(spot), explainer.explain(piece), piece.block.current)


def _relaxed(solution: Solution, fit: Fit, proven: list[Shortage]) -> list[Shortage]:
    told = []
    for shortage in proven[:_RELAXED]:
        relaxations = Relaxer(solution, fit, shortage.ranks).find()
        told.append(Shortage(shortage.ranks, replace(shortage.certificate, relaxations=relaxations)))
    return told + proven[_RELAXED:]


def _left_out(solution: Solution, fit: Fit, told: list[Shortage]) -> dict[int, Unplaced]:
    """Tell, by piece, why each one without a place has none; a piece comes after the one that it follows."""
    proofs = {
        piece.index: shortage.certificate for shortage in reversed(told) for rank in shortage.ranks for piece in fit.groups[rank].pieces
    }
    otherwise = "max_moves" if any(piece.current is not None for piece in solution.problem.pieces) else "not_found"
    found: dict[int, Unplaced] = {}
    for piece in solution.problem.pieces:
        if solution.spots[piece.index] is not None:
            continue
        proof = proofs.get(piece.index)
        causes, relaxations = ((Cause(otherwise),), ()) if proof is None else (_causes(proof), proof.relaxations)
        if proof is None and piece.follows is not None and piece.follows.index in found:
            causes, relaxations = (Cause("predecessor"),), found[piece.follows.index].relaxations
        found[piece.index] = Unplaced(piece.block.source, causes, relaxations)
    return found


def _causes(proof: Certificate) -> tuple[Cause, ...]:
    taken = (Cause(code, demand=amount, unit=proof.unit) for code, amount in proof.binding.items())
    return Cause("shortage", proof.demand, proof.capacity, proof.unit), *taken
