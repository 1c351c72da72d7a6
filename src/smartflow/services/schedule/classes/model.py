"""What a study plan may be: pure decisions."""

from collections.abc import Iterable, Mapping

from smartflow.client.schedule.classes import ClassDraft, ClassRules, Item, ItemDraft, ItemOfAnotherClass, contradictions
from smartflow.services.schedule.timetable.class_rows import bits_of
from smartflow.services.schedule.timetable.facts import ClassFacts, ItemFacts
from smartflow.shared.kernel.ids import ClassId, ItemId
from smartflow.shared.kernel.refusal import InvalidInput


def check(draft: ClassDraft) -> None:
    """Hold a class to the rules that no schema can say.

    Raises:
        InvalidInput: It breaks some; all of them are named.
    """
    rules = draft.rules
    errors = list(contradictions(rules.mode, (rules.start, rules.end), [(item.order, item.id) for item in draft.items or ()]))
    if errors:
        raise InvalidInput(errors)


def check_items(class_id: ClassId, draft: ClassDraft, known: Mapping[ItemId, ItemFacts]) -> None:
    """Hold the items that a draft names to be the class's own.

    Raises:
        ItemOfAnotherClass: One is not.
    """
    for item in draft.items or ():
        if item.id is not None and (item.id not in known or known[item.id].class_id != class_id or known[item.id].hidden):
            raise ItemOfAnotherClass


def facts_of(class_id: ClassId, rules: ClassRules) -> ClassFacts:
    """Say of a class what the judge needs."""
    return ClassFacts(
        id=class_id,
        start=rules.start,
        end=rules.end,
        allow_fillers=rules.allow_fillers,
        excluded_days=bits_of(rules.excluded_days),
        excluded_pairs=bits_of(rules.excluded_pairs),
    )


def item_facts(class_id: ClassId, items: Iterable[ItemDraft]) -> list[ItemFacts]:
    """Say of known items what the judge needs."""
    return [ItemFacts(item.id, class_id, item.order, item.sections) for item in items if item.id is not None]


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Sort items by their order."""
    return tuple(sorted(items, key=lambda item: (item.order, item.id)))
