"""Words, their endings, and what weighs how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.services.memory.recall.words import Words, stem, words_of


@pytest.mark.parametrize(
    "forms",
    [
        ["study", "studies", "studied", "studying"],
        ["plan", "plans", "planned", "planning"],
        ["like", "likes", "liked", "liking"],
        ["class", "classes"],
        ["box", "boxes"],
        ["morning", "mornings"],
        ["play", "plays", "played", "playing", "play's"],
        ["call", "calls", "called", "calling"],
        ["live", "lives", "living"],
        ["need", "needs", "needed"],
    ],
)
def test_the_forms_of_a_word_come_out_alike(forms: list[str]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["bus", "this", "red", "sing", "us", "feed", "été", "über"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Maths, at 8:30!", ["math", "at", "8", "30"]),
        ("我喜欢猫", ["我喜", "喜欢", "欢猫"]),
        ("猫 and dogs", ["猫", "and", "dog"]),
        ("学Python很好", ["学", "python", "很好"]),
        ("ＭＡＴＨＳ", ["math"]),
        ("ひらがな 한국", ["ひら", "らが", "がな", "한국"]),
        ("_ ?! …", []),
    ],
)
def test_texts_are_cut_into_words(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


def test_rare_words_weigh_more_and_long_texts_less() -> None:
    words = Words(["tea and milk", "tea and a long talk about nothing in particular", "milk", "water and salt"])

    scores = words.scores("tea")
    assert set(scores) == {0, 1}
    assert scores[0] > scores[1]
    assert words.scores("salt")[3] > words.scores("and")[3]
    assert words.scores("tea tea") == scores
    assert words.scores("coffee") == {}


def test_a_lone_character_is_found_inside_pairs() -> None:
    words = Words(["我喜欢猫", "狗", "cat"])

    assert set(words.scores("猫")) == {0}
    assert set(words.scores("狗")) == {1}


def test_no_texts_have_no_scores() -> None:
    assert Words([]).scores("tea") == {}
    assert Words(["", "?"]).scores("tea") == {}


@given(st.lists(st.text(max_size=40), max_size=6), st.text(max_size=40))
def test_whatever_is_said_exactly_what_shares_a_word_has_a_score_above_nothing(texts: list[str], said: str) -> None:
    wanted = set(words_of(said))
    scores = Words(texts).scores(said)

    assert {at for at, text in enumerate(texts) if wanted & set(words_of(text))} <= set(scores)
    assert all(score > 0 for score in scores.values())
