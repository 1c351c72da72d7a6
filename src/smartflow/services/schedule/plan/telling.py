"""A stored plan as people see it: every code in the words of the call."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from smartflow.client.schedule import plan as said
from smartflow.client.schedule.place import Source
from smartflow.client.schedule.violation import RULES, Entry, Violation
from smartflow.services.schedule.plan import model, tell
from smartflow.services.schedule.plan.instance import from_place, to_place
from smartflow.services.schedule.plan.model import StoredPlan, shown_status
from smartflow.services.schedule.planner.answer import Answer, Binding, Placement, Points, Relaxation, Unplaced
from smartflow.services.schedule.planner.model import default_model
from smartflow.shared.kernel.ids import ClassId, ItemId
from smartflow.shared.kernel.text import Language


class Words(Struct, frozen=True):
    """What sentences need: the language, what things are called by reference, the class of each item, and what is in the way."""

    language: Language
    names: Mapping[str, str]
    class_of: Mapping[ItemId, ClassId]
    met: Mapping[str, Entry] = {}


def shown(plan: StoredPlan, words: Words, now: datetime, *, whole: bool = True) -> said.Plan:
    """Show a plan; lists leave its blocks out."""
    return said.Plan(
        id=plan.id,
        status=shown_status(plan, now),
        origin=plan.origin,
        revision=plan.revision,
        edited=plan.revision > 1,
        base_version=plan.base_version,
        term=plan.term,
        classes=plan.request.classes,
        tasks=plan.request.tasks,
        created_at=plan.created_at,
        expires_at=plan.expires_at,
        summary=_summary(plan, words.language),
        score=plan.score,
        limits=plan.request.limits,
        placements=tuple(_block(entry, words) for entry in plan.entries) if whole else (),
        unplaced=tuple(left_out(each, words) for each in plan.unplaced) if whole else (),
    )


def left_out(found: Unplaced, words: Words) -> said.Unplaced:
    """Show a block without a place."""
    source = source_of(found.source)
    causes = (said.ShortCause(each.code, tell.cause(each, words.language), each.demand, each.capacity) for each in found.causes)
    task_class = words.class_of.get(ItemId(source.id)) if source.type == "task_item" else None
    return said.Unplaced(source, task_class, tuple(causes), tuple(_relaxation(each, words) for each in found.relaxations))


def source_of(reference: str) -> Source:
    """Read a reference such as `item:42`."""
    word, _, number = reference.partition(":")
    return Source("task_item" if word == "item" else "task_pool", int(number))


def score_of(answer: Answer) -> said.Score:
    """Say what a plan costs."""
    terms = tuple(said.ScoreTerm(each.code, each.tier, each.weight, each.cost) for each in answer.terms)
    return said.Score(answer.score, answer.bound, answer.gap, answer.tier, answer.proof, answer.omitted_terms, terms)


def _summary(plan: StoredPlan, language: Language) -> str:
    placements = tuple(Placement(entry.source.ref, from_place(entry.place), entry.explanation) for entry in plan.entries)
    score = plan.score
    answer = Answer(status="complete", placements=placements, unplaced=plan.unplaced, gap=score.gap, tier=score.tier, proof=score.proof)
    return tell.summary(answer, language)


def _block(entry: model.Entry, words: Words) -> said.PlannedBlock:
    told = entry.explanation
    return said.PlannedBlock(
        source=entry.source,
        place=entry.place,
        task_class=entry.task_class,
        order=entry.order,
        event=entry.event,
        pinned=entry.pinned,
        made_by="person" if entry.made_by == "person" else "kept" if entry.made_by == "kept" else "solver",
        reasons=tuple(_reason(points, words.language) for points in told.terms),
        best_rejected=_rejected(entry, words),
        binding=_barred(entry, told.binding, words),
        cushion=None if told.cushion is None else said.Cushion(told.cushion.sections, told.cushion.minutes),
    )


def _reason(points: Points, language: Language) -> said.Reason:
    return said.Reason(points.code, tell.reason(points, language), _TIERS.get(points.code), points.points)


def _rejected(entry: model.Entry, words: Words) -> said.Alternative | None:
    found = entry.explanation.alternative
    if found is None:
        return None
    text = tell.other(found, words.language, beside=from_place(entry.place), names=words.names)
    return said.Alternative(to_place(found.place), found.change, text)


def _barred(entry: model.Entry, found: Binding | None, words: Words) -> said.Alternative | None:
    if found is None:
        return None
    text = tell.barred(found, words.language, beside=from_place(entry.place), names=words.names)
    place, rule = to_place(found.place), RULES.get(found.code)
    if rule is None:  # a wish of this request, which binds nobody else
        return said.Alternative(place, found.change, text)
    met = tuple(words.met[reference] for reference in found.collides if reference in words.met)
    violation = Violation(found.code, rule.invariant, rule.number, "error", 0, entry.source, place=place, collides_with=met)
    return said.Alternative(place, found.change, text, violation)


def _relaxation(found: Relaxation, words: Words) -> said.Relaxation:
    return said.Relaxation(found.kind, tell.relaxation(found, words.language, names=words.names), found.amount, found.target)


_TIERS = {term.code: term.tier for term in default_model().terms}
