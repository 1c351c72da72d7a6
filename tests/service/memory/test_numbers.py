"""What an operator sees of recalls in numbers."""

from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.app import App


async def test_a_recall_is_timed_by_stage_and_its_tokens_are_counted_by_type(own_app: App) -> None:
    ming = await own_app.someone()
    await ming.remembers("I never study on Sundays", kind="constraint")
    await ming.remembers("I like the harpsichord")
    call = Call(owner=OwnerId(ming.id), request_id="test")

    found = await own_app.product.clients.memory.recall(call, "harpsichord", 10)

    def number(name: str, **labels: str) -> float | None:
        return own_app.product.metrics.registry.get_sample_value(f"smartflow_memory_{name}", labels)

    assert [number("recall_seconds_count", stage=stage) for stage in ("look", "load", "weigh")] == [1, 1, 1]
    assert {each.memory.type: number("recalled_tokens_total", type=each.memory.type) for each in found.items} == {
        each.memory.type: each.tokens for each in found.items
    }
    assert (number("items_count"), number("items_sum")) == (1, 2)
