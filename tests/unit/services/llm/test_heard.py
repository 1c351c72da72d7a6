"""What one call brings, put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.client.llm import ToolCall, UnusableAnswer
from smartflow.services.llm.model import Tokens
from smartflow.services.llm.provider.heard import CallDelta, Delta, Heard, Joint, read_object
from smartflow.shared.kernel.codec import to_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=6), JSON, max_size=4)


@given(arguments=st.lists(OBJECTS, min_size=1, max_size=3), data=st.data())
def test_calls_are_the_same_however_their_arguments_are_split_and_mixed(arguments: list, data: st.DataObject) -> None:
    texts = [to_json(each).decode() for each in arguments]
    heard, left = Heard(), list(texts)
    for index in range(len(texts)):
        heard.take(Delta(calls=(CallDelta(index, f"call_{index}", "place"),)))
    while any(left):
        index = data.draw(st.sampled_from([number for number, text in enumerate(left) if text]))
        size = data.draw(st.integers(1, len(left[index])))
        heard.take(Delta(calls=(CallDelta(index, "", "", left[index][:size]),)))
        left[index] = left[index][size:]

    assert list(heard.calls(3)) == [ToolCall(f"c{number}", "place", each) for number, each in enumerate(arguments, 3)]


@given(beginning=st.text(max_size=12), rest=st.text(max_size=12), data=st.data())
def test_an_answer_that_repeats_its_beginning_is_joined_to_it(beginning: str, rest: str, data: st.DataObject) -> None:
    joint, said, whole = Joint(beginning), "", beginning + rest
    while whole:
        size = data.draw(st.integers(1, len(whole)))
        said += joint.add(whole[:size])
        whole = whole[size:]

    assert said + joint.rest() == rest


@given(beginning=st.text(max_size=12), rest=st.text(max_size=12), data=st.data())
def test_an_answer_that_goes_on_loses_nothing(beginning: str, rest: str, data: st.DataObject) -> None:
    joint, said, left = Joint(beginning), "", rest
    while left:
        size = data.draw(st.integers(1, len(left)))
        said += joint.add(left[:size])
        left = left[size:]

    expected = rest.removeprefix(beginning) if beginning else rest
    assert said + joint.rest() == expected


@given(value=OBJECTS, before=st.text(alphabet="ab `\n", max_size=6), after=st.text(alphabet="ab}` \n", max_size=6))
def test_an_object_is_read_from_among_words(value: dict, before: str, after: str) -> None:
    assert read_object(before + to_json(value).decode() + after) == value


@given(text=st.text(alphabet='{}"\\a:1,[] ', max_size=40))
def test_reading_an_object_from_anything_gives_one_or_none(text: str) -> None:
    assert isinstance(read_object(text), dict | None)


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 50_000 + "1", "[" * 100_000])
def test_reading_an_object_from_something_monstrous_takes_no_time(text: str) -> None:
    assert read_object(text) is None


def test_numbers_too_great_to_travel_make_no_object() -> None:
    assert read_object(f'{{"day": {2**64}}}') is None
    assert read_object(f'{{"day": {2**63}}}') == {"day": 2**63}


def test_tokens_that_no_server_counted_are_those_of_all_that_came() -> None:
    heard = Heard()
    heard.take(Delta(text="abc", thinking="de"))
    heard.take(Delta(calls=(CallDelta(0, "", "f", "{}"),)))

    assert heard.tokens(10, len) == Tokens(10, completion=8, reasoning=2, estimated=True)


def test_a_call_without_a_name_is_none() -> None:
    heard = Heard()
    heard.take(Delta(calls=(CallDelta(0, "", "", "{}"),)))

    with pytest.raises(UnusableAnswer):
        list(heard.calls(1))
