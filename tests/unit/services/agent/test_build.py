"""The messages of a request hold their budget, and the newest results stay in it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.llm import Assistant, Message, Tool, ToolCall, User
from smartflow.services.agent.context.build import BUDGET, Built, Present, build, size

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LETTERS = st.sampled_from(["汉", "<", "a", "é", '"'])


def _answer(first: int, letter: str, length: int, many: int) -> list[Message]:
    calls = tuple(ToolCall(f"c{first + number}", "find", {"text": "x"}) for number in range(many))
    return [Assistant("", calls), *(Tool(call.id, "find", letter * length, {}) for call in calls)]


def _total(built: Built) -> int:
    return sum(map(size, built.messages))


@given(LETTERS, st.integers(0, 6_000), st.integers(1, 24), st.integers(1, 4), st.booleans())
def test_the_newest_results_stay_and_the_budget_holds(letter: str, length: int, many: int, answers: int, asked: bool) -> None:
    said: list[Message] = [User(letter * 8_000)] if asked else []
    for number in range(answers):
        said += _answer(number * many, letter, length, many)
    built = build(said, Present(NOW, "Asia/Shanghai", "zh", (letter * 20_000, letter * 2_000), letter * 50_000), letter * 6_000)
    assert _total(built) <= BUDGET
    kept = {each.call_id for each in built.messages if isinstance(each, Tool)}
    assert {f"c{(answers - 1) * many + number}" for number in range(many)} <= kept
