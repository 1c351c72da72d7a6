"""When a model is left alone."""

from datetime import timedelta

import pytest

from smartflow.services.llm.provider.breaker import Breaker, Breakers
from smartflow.services.llm.provider.failure import Failure
from tests.kit.ports import MONDAY, ManualClock

SECOND = timedelta(seconds=1)


def failing(times: int, *, every: float = 0.0) -> Breaker:
    breaker = Breaker()
    for number in range(times):
        breaker.failed(MONDAY + number * every * SECOND)
    return breaker


@pytest.mark.parametrize(("times", "every", "open_"), [(4, 0, False), (5, 0, True), (5, 7.5, True), (5, 7.6, False), (9, 7.6, False)])
def test_five_failures_within_half_a_minute_open_it(times: int, every: float, open_: bool) -> None:
    breaker = failing(times, every=every)

    assert breaker.lets_through(MONDAY + (times - 1) * every * SECOND) is not open_


def test_a_success_in_between_forgets_the_failures() -> None:
    breaker = failing(4)
    breaker.succeeded()
    breaker.failed(MONDAY)

    assert breaker.lets_through(MONDAY)


def test_one_of_many_at_once_is_the_probe_and_its_success_lets_all_through() -> None:
    breaker = failing(5)
    later = MONDAY + 30 * SECOND

    assert [breaker.lets_through(later) for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert [breaker.lets_through(later) for _ in range(3)] == [True, True, True]


def test_a_probe_that_never_ends_is_followed_by_another() -> None:
    breaker = failing(5)

    assert breaker.lets_through(MONDAY + 30 * SECOND)
    assert not breaker.lets_through(MONDAY + 59 * SECOND)
    assert breaker.lets_through(MONDAY + 60 * SECOND)


@pytest.mark.parametrize(
    ("failure", "open_"),
    [
        (Failure("away"), True),
        (Failure("failed", status=500), True),
        (Failure("slow"), True),
        (Failure("cut", begun=True), True),
        (Failure("refused", status=401), True),
        (Failure("refused", status=400), False),
        (Failure("busy", status=429), False),
        (Failure("open"), False),
    ],
)
def test_only_what_speaks_against_a_model_counts_and_only_against_that_one(failure: Failure, open_: bool) -> None:
    breakers = Breakers(ManualClock())
    for _ in range(5):
        breakers.note(("http://x", "a"), failure)

    breakers.enter(("http://x", "b"))
    if not open_:
        breakers.enter(("http://x", "a"))
        return
    with pytest.raises(Failure) as refused:
        breakers.enter(("http://x", "a"))
    assert refused.value.kind == "open"
