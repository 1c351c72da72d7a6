"""Which model is asked, what it costs, and which settings cannot be used."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartflow.services.llm.model import SMALLEST, Model, Tokens, begins, chain, faults, local_day, next_month
from smartflow.services.llm.provider.tokens import Counter
from smartflow.services.llm.settings import BudgetSettings, LlmSettings, ModelSettings, ModelsSettings, PriceSettings
from smartflow.shared.process.config import load

A, B, C = (ModelSettings("http://x/v1", name) for name in "abc")


@pytest.mark.parametrize(
    ("models", "role", "expected"),
    [
        (ModelsSettings(A, B, C), "max", "cba"),
        (ModelsSettings(A, B, C), "pro", "ba"),
        (ModelsSettings(A, B, C), "lite", "a"),
        (ModelsSettings(lite=A, max=C), "pro", "a"),
        (ModelsSettings(max=C), "pro", ""),
        (ModelsSettings(), "max", ""),
        (ModelsSettings(A, B, A), "max", "ab"),
    ],
)
def test_a_role_is_followed_by_the_lower_ones_and_no_model_comes_twice(models: ModelsSettings, role: Any, expected: str) -> None:
    assert "".join(model.at.model for model in chain(models, role)) == expected


def test_tokens_cost_by_kind_and_are_rounded_up() -> None:
    prices = PriceSettings(input=Decimal("0.1"), cached=Decimal("0.01"), output=Decimal("0.7"))
    model = Model("lite", ModelSettings("u", "m", prices=prices))

    assert model.cost(Tokens(1_000_000, 1_000_000, 0)) == Decimal("0.01")
    assert model.cost(Tokens(3, 1, 2)) == Decimal("0.000001610")
    assert Model("lite", ModelSettings("u", "m", prices=PriceSettings(Decimal("0.0001"), None, Decimal(0)))).cost(Tokens(1)) == SMALLEST


@given(one=st.integers(0, 10**7), two=st.integers(0, 10**7))
def test_what_is_paid_in_two_calls_is_not_less_than_in_one(one: int, two: int) -> None:
    model = Model("lite", ModelSettings("u", "m", prices=PriceSettings(Decimal("0.07"), None, Decimal("0.31"))))
    first, second = Tokens(one, completion=two), Tokens(two, completion=one)

    assert model.cost(first) + model.cost(second) >= model.cost(first + second)


def test_a_price_is_known_whole_or_not_at_all() -> None:
    half = Model("lite", ModelSettings("u", "m", prices=PriceSettings(input=Decimal(1))))

    assert not half.is_priced
    assert half.cost(Tokens(1_000_000)) == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (LlmSettings(), []),
        (LlmSettings(models=ModelsSettings(lite=A)), []),
        (LlmSettings(models=ModelsSettings(lite=ModelSettings(model="a"))), ["llm.models.lite: base_url and model belong together"]),
        (LlmSettings(models=ModelsSettings(pro=ModelSettings("http://x"))), ["llm.models.pro: base_url and model belong together"]),
        (LlmSettings(models=ModelsSettings(lite=ModelSettings("u", "x" * 256))), ["llm.models.lite.model: at most 255 characters"]),
        (LlmSettings(require_price="on", models=ModelsSettings(max=A)), ["llm.models.max: it has no price, and llm.require_price is on"]),
        (LlmSettings(require_price="on", embeddings=A), ["llm.embeddings: it has no price, and llm.require_price is on"]),
        (LlmSettings(budgets=BudgetSettings(day=Decimal(-1))), ["llm.budgets.day: a budget is a number from 0 to 1000000"]),
        (LlmSettings(budgets=BudgetSettings(day=Decimal(10**9))), ["llm.budgets.day: a budget is a number from 0 to 1000000"]),
        (LlmSettings(budgets=BudgetSettings(month=Decimal("NaN"))), ["llm.budgets.month: a budget is a number from 0 to 1000000"]),
        (LlmSettings(models=ModelsSettings(lite=ModelSettings(window=0))), ["llm.models.lite.window: there is no such window"]),
        (
            LlmSettings(models=ModelsSettings(lite=ModelSettings(prices=PriceSettings(input=Decimal("Infinity"))))),
            ["llm.models.lite.prices: a price is a number from 0 to 1000000"],
        ),
    ],
)
def test_settings_that_cannot_be_used_are_named(settings: LlmSettings, said: list[str]) -> None:
    assert list(faults(settings)) == said


def test_settings_come_from_the_environment_and_keys_stay_hidden() -> None:
    environ = {
        "SMARTFLOW_MODELS__PRO__BASE_URL": "https://models.example/v1",
        "SMARTFLOW_MODELS__PRO__MODEL": "large",
        "SMARTFLOW_MODELS__PRO__KEY": "sk-secret",
        "SMARTFLOW_MODELS__PRO__PRICES__INPUT": "0.075",
        "SMARTFLOW_MODELS__PRO__WINDOW": "32000",
        "SMARTFLOW_BUDGETS__DAY": "0.50",
        "SMARTFLOW_OFFLINE": "off",
    }
    loaded = load(LlmSettings, environ)

    pro = loaded.settings.models.pro
    assert pro.key is not None
    assert (pro.key.reveal(), pro.prices.input, pro.window) == ("sk-secret", Decimal("0.075"), 32000)
    assert (loaded.settings.budgets.day, loaded.settings.offline) == (Decimal("0.50"), "off")
    shown = {each.key: each.value for each in loaded.show()}
    assert (shown["models.pro.key"], shown["models.lite.key"]) == ("...", None)
    assert "sk-secret" not in str(loaded)


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (datetime(2026, 12, 31, 16, tzinfo=UTC), "Asia/Shanghai", date(2027, 1, 1)),
        (datetime(2026, 9, 14, tzinfo=UTC), "UTC", date(2026, 9, 14)),
    ],
)
def test_days_and_months_are_those_of_the_zone(now: datetime, zone: str, day: date) -> None:
    assert local_day(now, zone) == day
    assert begins(day, zone) <= now


@pytest.mark.parametrize(("day", "following"), [("2026-01-31", "2026-02-01"), ("2026-12-01", "2027-01-01"), ("2028-02-29", "2028-03-01")])
def test_a_month_is_followed_by_the_next(day: str, following: str) -> None:
    assert next_month(date.fromisoformat(day)) == date.fromisoformat(following)


async def test_tokens_are_counted_by_a_vocabulary_and_until_it_is_there_by_bytes() -> None:
    counter = Counter()
    texts = ["", "hello world", "明天下午三点有概率论课", "a\ud83d", "<|endoftext|>"]
    before = [counter.count(text) for text in texts]
    await counter.load()
    after = [counter.count(text) for text in texts]

    assert before == [0, 4, 11, 1, 5]
    assert after[:2] == [0, 2]
    assert all(0 < exact <= 13 for exact in after[1:])


async def test_a_prompt_counts_its_messages_calls_and_tools() -> None:
    counter = Counter()
    plain = {"messages": [{"role": "user", "content": "abc"}]}
    called = {"messages": [{"role": "assistant", "content": None, "tool_calls": [{"id": "c1"}]}]}

    assert counter.prompt(plain) == 1 + 4 + 3
    assert counter.prompt({**plain, "tools": [{"name": "place"}]}) > counter.prompt(plain)
    assert counter.prompt(called) == 5 + 4 + 3
