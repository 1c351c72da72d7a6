"""A relaxation carried out on its instance, the way a person would."""

from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Relaxation
from smartflow.services.schedule.planner.instance import Instance, Limits


def relaxed(instance: Instance, change: Relaxation) -> Instance:
    """The instance with this change (and the second one, if two belong together)."""
    changed = _CHANGES[change.kind](instance, change.target, change.amount)
    return changed if change.also is None else relaxed(changed, change.also)


def _classes(instance, target, edit):
    classes = tuple(replace(study, **edit(study)) if f"class:{study.id}" == target else study for study in instance.classes)
    return replace(instance, classes=classes)


def _blocks(instance, target, edit):
    blocks = tuple(replace(block, **edit(block)) if block.source == target else block for block in instance.blocks)
    return replace(instance, blocks=blocks)


def _extend(instance, target, days):
    longer = _classes(instance, target, lambda study: {"last_day": None if study.last_day is None else study.last_day + days})
    return _blocks(longer, target, lambda block: {"deadline": block.deadline + days * 1440})


def _fillers(instance, target, _amount):
    return _blocks(_classes(instance, target, lambda _: {"allow_fillers": True}), target, lambda _: {"allow_fillers": True})


def _slot(instance, target, pair):
    return _classes(instance, target, lambda study: {"excluded_pairs": tuple({*study.excluded_pairs} - {pair})})


def _day(instance, target, weekday):
    return _classes(instance, target, lambda study: {"excluded_weekdays": tuple({*study.excluded_weekdays} - {weekday})})


def _limit(instance, target, _amount):
    if target.startswith("rule:"):
        kept = tuple(hours for hours in instance.preferences.forbidden if f"rule:{hours.rule}" != target)
        return replace(instance, preferences=replace(instance.preferences, forbidden=kept))
    return replace(instance, limits=replace(instance.limits, **{target: getattr(Limits(), target)}))


def _shorter(instance, target, sections):
    return _blocks(instance, target, lambda _: {"sections": sections})


def _dropped(instance, target, count):
    owned = [block for block in instance.blocks if target in {block.source, f"class:{block.class_id}"}]
    gone = {block.source for block in sorted(owned, key=lambda block: block.order)[len(owned) - count :]}
    return replace(instance, blocks=tuple(block for block in instance.blocks if block.source not in gone))


_CHANGES = {
    "extend_window": _extend,
    "allow_filler": _fillers,
    "drop_excluded_slot": _slot,
    "drop_excluded_day": _day,
    "drop_limit": _limit,
    "shorten_item": _shorter,
    "drop_item": _dropped,
}
