"""What is offered when not everything fits does make it fit."""

from hypothesis import HealthCheck, assume, given, settings
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Relaxation
from smartflow.services.schedule.planner.appraise import offers
from smartflow.services.schedule.planner.engine import plan_instance
from smartflow.services.schedule.planner.instance import Block, Hours, LimitHours, Limits, Preferences, StudyClass
from tests.unit.services.schedule.planner.cases import instances
from tests.unit.services.schedule.planner.changes import relaxed
from tests.unit.services.schedule.planner.terms import all_but, at, host, instance, items

HOLDINGS = all_but({0: [1, 2], 4: [1, 2], 5: [5, 6]}, range(14))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(instances(lengths=(2,), standing=False))
def test_every_relaxation_of_a_single_shortage_makes_everything_fit(instance):
    answer = plan_instance(instance)
    assume(answer.certificate is not None)
    named = {source for need in answer.certificate.groups for source in need.sources}
    assume({left.source for left in answer.unplaced} <= named)

    for change in answer.certificate.relaxations:
        assert fits(relaxed(instance, change), change), change
        if change.kind == "extend_window" and change.amount > 1 and change.also is None:
            assert plan_instance(relaxed(instance, replace(change, amount=change.amount - 1))).status == "partial", change


def fits(changed, change) -> bool:
    """Whether all of it has a place; one short block is tried at each of its places, so that pairs decide the rest."""
    if change.kind != "shorten_item":
        return plan_instance(changed).status == "complete"
    places = [offer.place for offer in offers(changed, change.target, {}) if not offer.code]
    return any(plan_instance(_pinned(changed, change.target, place)).status == "complete" for place in places)


def _pinned(changed, source, place):
    blocks = (replace(block, current=place, pinned=True) if block.source == source else block for block in changed.blocks)
    return replace(changed, blocks=tuple(blocks))


def offered(*blocks, **rest) -> tuple[Relaxation, ...]:
    classes = rest.pop("classes")
    asked = instance(blocks, *classes, **rest)
    answer = plan_instance(asked)
    for change in answer.certificate.relaxations:
        assert plan_instance(relaxed(asked, change)).status == "complete", change
    return answer.certificate.relaxations


def test_a_window_is_extended_by_the_fewest_days():
    changes = offered(*items(1, 2), classes=[StudyClass(1, "steady", 0, 1)], holdings=HOLDINGS)

    assert changes[0] == Relaxation("extend_window", "class:1", 3)
    assert changes[-1] == Relaxation("drop_item", "class:1", 1)


def test_a_filler_that_would_do_is_named():
    holdings = all_but({0: [1, 2], 1: [5, 6]}, range(14))
    changes = offered(*items(1, 2), classes=[StudyClass(1, "steady", 0, 13)], holdings=holdings, hosts=(host(7, 1, 5, 6),))

    assert Relaxation("allow_filler", "class:1") in changes


def test_an_excluded_day_or_pair_that_would_do_is_named():
    studies = [StudyClass(1, "steady", 0, 13, excluded_weekdays=(1, 6), excluded_pairs=(1,))]
    changes = offered(*items(1, 1), classes=studies, holdings=HOLDINGS)

    assert Relaxation("drop_excluded_slot", "class:1", 1) in changes
    assert Relaxation("drop_excluded_day", "class:1", 6) in changes
    assert Relaxation("drop_excluded_day", "class:1", 1) not in changes


def test_the_limits_of_a_request_and_the_rules_of_memory_are_named_one_by_one():
    limits = Limits(last_day=3, hours=(LimitHours(480, 720, hard=True),))
    quiet = Preferences(forbidden=(Hours(480, 600, rule="early"), Hours(1200, 1440)))
    changes = offered(*items(1, 1), classes=[StudyClass(1)], holdings=HOLDINGS, limits=limits, preferences=quiet)

    assert [change.target for change in changes if change.kind == "drop_limit"] == ["rule:early"]
    assert [change.kind for change in changes] == ["drop_limit", "drop_item"]


def test_a_task_may_get_a_later_deadline():
    task = Block("task:1", deadline=at(3), deadline_hard=True)
    other = Block("task:2", deadline=at(1), deadline_hard=True, importance=8)
    changes = offered(task, other, classes=[], holdings=HOLDINGS)

    assert Relaxation("extend_window", "task:1", 2) in changes


def test_an_item_may_be_shortened_into_a_lone_section():
    holdings = all_but({0: [1, 2], 4: [1], 6: [5, 6]}, range(14))
    changes = offered(*items(1, 3), classes=[StudyClass(1)], holdings=holdings)

    assert changes == (Relaxation("shorten_item", "item:102", 1), Relaxation("drop_item", "class:1", 1))


def test_two_changes_are_offered_together_where_none_does_alone():
    study = StudyClass(1, "steady", 0, 1, excluded_weekdays=(5,))
    changes = offered(*items(1, 2), classes=[study], holdings=all_but({0: [1, 2], 4: [1, 2]}, range(14)))

    assert changes[0] == Relaxation("extend_window", "class:1", 3, Relaxation("drop_excluded_day", "class:1", 5))


def test_other_lengths_are_relaxed_by_a_plan_that_shows_it():
    changes = offered(
        *items(1, 2, sections=3), classes=[StudyClass(1, "steady", 0, 1)], holdings=all_but({0: [1, 2, 3], 2: [5, 6, 7]}, range(14))
    )

    assert changes[0] == Relaxation("extend_window", "class:1", 1)


def test_a_class_too_long_for_its_own_window_is_proven_in_blocks():
    asked = instance(items(1, 7, sections=3), StudyClass(1, "steady", 0, 1))
    answer = plan_instance(asked)

    proof = answer.certificate
    assert (proof.unit, proof.demand, proof.capacity) == ("block", 7, 6)
    assert proof.relaxations[0] == Relaxation("extend_window", "class:1", 1)


def test_a_plan_of_everything_or_nothing_says_why_it_is_nothing():
    asked = replace(instance(items(1, 2), StudyClass(1, "steady", 0, 1), holdings=HOLDINGS), allow_partial=False)
    answer = plan_instance(asked)

    assert (answer.status, answer.placements) == ("infeasible", ())
    assert [left.source for left in answer.unplaced] == ["item:102"]


def test_an_item_is_left_out_with_the_longer_one_before_it_and_says_so():
    work = (Block("item:1", 1, 1, sections=4), Block("item:2", 1, 2, sections=2))
    answer = plan_instance(instance(work, StudyClass(1, "steady", 0, 1), holdings=HOLDINGS))

    assert [(left.source, left.causes[0].code) for left in answer.unplaced] == [("item:1", "shortage"), ("item:2", "predecessor")]
