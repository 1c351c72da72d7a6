"""What is learned from what servers refuse."""

from datetime import timedelta

import pytest

from smartflow.services.llm.provider.ability import KEPT, Abilities, Ability, without
from smartflow.services.llm.provider.failure import Failure
from tests.kit.ports import ManualClock

PLACE = ("http://x/v1", "a")
FORMAT = {"response_format": {}, "stream_options": {}, "max_tokens": 1}
REFUSED = Failure("refused", status=400)


def test_two_requests_refused_at_once_teach_one_thing() -> None:
    abilities = Abilities(ManualClock())
    used = abilities.of(PLACE)

    assert abilities.learn(PLACE, used, FORMAT, REFUSED)
    assert abilities.learn(PLACE, used, FORMAT, REFUSED)
    assert abilities.of(PLACE) == Ability(way="json_object")


def test_what_is_learned_is_forgotten_a_day_after_the_first_refusal() -> None:
    clock = ManualClock()
    abilities = Abilities(clock)
    abilities.learn(PLACE, abilities.of(PLACE), FORMAT, REFUSED)
    clock.advance(timedelta(hours=23))
    abilities.learn(PLACE, abilities.of(PLACE), FORMAT, REFUSED)
    assert abilities.of(PLACE).way == "prompted"

    clock.advance(KEPT - timedelta(hours=23))

    assert abilities.of(PLACE) == Ability()


@pytest.mark.parametrize(
    "failure",
    [
        Failure("away"),
        Failure("busy", status=429),
        Failure("slow"),
        Failure("cut", begun=True),
        Failure("refused", status=401),
        Failure("failed"),
    ],
)
def test_what_is_no_refusal_of_a_request_teaches_nothing(failure: Failure) -> None:
    assert without(Ability(), FORMAT, failure) == Ability()


def test_what_was_not_sent_was_not_refused() -> None:
    said = Failure("refused", status=400, said="stream_options, reasoning_effort and max_completion_tokens")

    assert without(Ability(), {}, said) == Ability()
