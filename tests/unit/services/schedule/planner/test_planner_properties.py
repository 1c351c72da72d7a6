"""What holds for every plan of every instance."""

from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from smartflow.services.schedule.planner.answer import Answer
from smartflow.services.schedule.planner.appraise import appraise
from smartflow.services.schedule.planner.cost import by_tier
from smartflow.services.schedule.planner.engine import plan, plan_instance
from smartflow.shared.kernel.codec import pack, unpack
from tests.unit.services.schedule.planner.cases import instances
from tests.unit.services.schedule.planner.laws import broken
from tests.unit.services.schedule.planner.oracle import most_pairs, usable_pairs
from tests.unit.services.schedule.planner.terms import places

often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sometimes = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(instances())
def test_no_plan_breaks_an_invariant(instance):
    assert broken(instance, plan_instance(instance)) == []


@often
@given(instances(lengths=(2,), standing=False))
def test_in_the_pair_model_a_plan_places_as_many_blocks_as_any_matching(instance):
    answer = plan_instance(instance)

    assert len(answer.placements) == most_pairs(instance)
    assert (answer.certificate is None) == (answer.status == "complete")


@often
@given(instances())
def test_the_bound_is_never_above_the_score_and_the_terms_add_up(instance):
    answer = plan_instance(instance)

    assert answer.bound <= answer.score
    assert by_tier(instance.model, ((term.code, term.cost) for term in answer.terms)) == answer.score
    assert (answer.proof == "optimal") == (answer.bound == answer.score)


@sometimes
@given(instances())
def test_a_certificate_asks_for_more_than_there_is_and_every_loss_has_a_cause(instance):
    answer = plan_instance(instance)

    proof = answer.certificate
    assert proof is None or proof.demand > proof.capacity
    assert all(left.causes for left in answer.unplaced)


@sometimes
@given(instances())
def test_equal_instances_give_equal_answers_also_as_bytes(instance):
    answer = plan_instance(instance)

    shuffled = replace(instance, blocks=instance.blocks[::-1])
    assert unpack(plan(pack(instance)), Answer) == answer
    assert plan_instance(shuffled) == answer


@sometimes
@given(instances())
def test_an_appraisal_of_the_plan_tells_the_same_as_the_plan(instance):
    answer = plan_instance(instance)

    again = appraise(instance, places(answer))
    standing = {block.source for block in instance.blocks if block.current}
    if not standing & {left.source for left in answer.unplaced}:
        assert (again.score, again.bound, again.placements) == (answer.score, answer.bound, answer.placements)


@sometimes
@given(instances())
def test_no_more_blocks_are_moved_than_allowed_and_none_is_thrown_out(instance):
    answer = plan_instance(instance)

    moved = [placement for placement in answer.placements if placement.explanation and _moved(placement)]
    assert len(moved) <= instance.max_moves


def _moved(placement) -> bool:
    facts = {points.code: points.facts for points in placement.explanation.terms}
    return bool(facts.get("stability", {}).get("moved"))


@often
@given(instances(lengths=(2,), standing=False))
def test_a_certificate_is_counted_right_and_no_group_of_it_can_be_left_out(instance):
    proof = plan_instance(instance).certificate
    if proof is None:
        return
    options = usable_pairs(instance)
    groups = [(need.demand, set().union(*(options[source] for source in need.sources))) for need in proof.groups]

    assert proof.demand == sum(demand for demand, _ in groups)
    assert proof.capacity == len(set().union(*(pairs for _, pairs in groups)))
    for left_out in range(len(groups)):
        rest = groups[:left_out] + groups[left_out + 1 :]
        assert sum(demand for demand, _ in rest) <= len(set().union(*(pairs for _, pairs in rest)))


@often
@given(instances(standing=False))
def test_within_a_class_the_last_items_are_left_out(instance):
    answer = plan_instance(instance)
    left = {unplaced.source for unplaced in answer.unplaced}
    for study in instance.classes:
        fates = [block.source in left for block in instance.blocks if block.class_id == study.id]
        assert fates == sorted(fates)
