"""What language models took, as the person sees it; and the settings that make them answer."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from smartflow.client.llm import LlmClient
from smartflow.cmd.main import cli
from smartflow.services.llm.settings import BudgetSettings, LlmSettings, ModelsSettings, PriceSettings
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.app import App, Somebody, running
from tests.kit.llm import at, request
from tests.kit.model_server import ModelServer, model_server, says
from tests.kit.people import PASSWORD

NOTHING = {"cost": 0.0, "calls": 0, "unpriced_calls": 0, "estimated_calls": 0, "models": [], "day_spent": 0.0}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as made:
        yield made


@pytest.fixture
async def modelled(tmp_path: Path, server: ModelServer) -> AsyncIterator[App]:
    """A product with a model."""
    models = ModelsSettings(lite=at(server.url, "free", PriceSettings()), pro=at(server.url, "dear"))
    budgets = BudgetSettings(day=Decimal("0.5"), month=Decimal(5))
    async with running(tmp_path, llm=LlmSettings(models=models, budgets=budgets)) as app:
        yield app


def llm(app: App) -> LlmClient:
    return app.product.clients.llm


async def asks(app: App, somebody: Somebody, role: str = "pro") -> None:
    call = Call(owner=OwnerId(somebody.id), request_id="r")
    _ = [piece async for piece in llm(app).answer(call, request(role=role))]


async def test_a_month_shows_what_models_took(modelled: App, server: ModelServer) -> None:
    ming, li = await modelled.someone(), await modelled.someone()
    server.plays(says("a"), says("b", usage=None), says("c"))
    await asks(modelled, ming)
    await asks(modelled, ming, role="lite")
    await asks(modelled, li)

    answer = await ming.get("/user/usage")

    assert answer.status == 200
    free = answer.data["models"][1]
    assert answer.data == {
        "currency": "USD",
        "cost": 0.003,
        "calls": 2,
        "unpriced_calls": 1,
        "estimated_calls": 1,
        "models": [
            {"model": "dear", "calls": 1, "input_tokens": 100, "output_tokens": 20, "cost": 0.003},
            {"model": "free", "calls": 1, "input_tokens": free["input_tokens"], "output_tokens": 1, "cost": 0.0},
        ],
        "day_spent": 0.003,
        "day_budget": 0.5,
        "month_budget": 5.0,
    }
    assert (await ming.get("/user/usage", month="2026-09")).data == answer.data


async def test_another_month_has_its_own_calls_and_the_day_is_todays(modelled: App, server: ModelServer) -> None:
    ming = await modelled.someone()
    server.plays(says("a"))
    await asks(modelled, ming)

    august = (await ming.get("/user/usage", month="2026-08")).data
    assert (august["calls"], august["cost"], august["day_spent"]) == (0, 0.0, 0.003)

    modelled.clock.advance(timedelta(days=20))
    await ming.again()
    assert (await ming.get("/user/usage")).data["calls"] == 0
    assert (await ming.get("/user/usage", month="2026-09")).data["calls"] == 1


async def test_without_a_model_there_is_nothing_to_report(app: App) -> None:
    ming = await app.someone()

    answer = await ming.get("/user/usage")

    assert answer.data == {**NOTHING, "currency": "USD", "day_budget": None, "month_budget": None}


@pytest.mark.parametrize("month", ["2026-13", "2026-9", "09-2026", "2026-09-01", "1999-01", "now"])
async def test_what_is_no_month_is_refused(app: App, month: str) -> None:
    ming = await app.someone()

    answer = await ming.get("/user/usage", month=month)

    assert (answer.status, answer.broken) == (422, {"month": "format"})


async def test_with_the_account_its_bill_goes(modelled: App, server: ModelServer) -> None:
    ming, li = await modelled.someone(), await modelled.someone()
    server.plays(says("a"), says("b"))
    await asks(modelled, ming)
    await asks(modelled, li)

    assert (await ming.delete("/user/me", {"password": PASSWORD})).status == 200
    await modelled.settle()

    assert (await llm(modelled).usage(Call(owner=OwnerId(ming.id), request_id="r"), modelled.clock.now().date())).calls == 0
    assert (await li.get("/user/usage")).data["calls"] == 1


async def test_usage_is_told_and_lost_reservations_have_a_loop(modelled: App) -> None:
    await modelled.run_loop("llm.lost")
    await modelled.run_loop("llm.ready")


def test_keys_of_models_are_hidden_where_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"SMARTFLOW_LLM__MODELS__PRO__KEY": "sk-secret", "SMARTFLOW_LLM__MODELS__PRO__PRICES__INPUT": "0.5"}

    for options in ([], ["--json"]):
        shown = CliRunner(env={**os.environ, **environ}).invoke(cli, ["config", "show", *options])
        assert shown.exit_code == 0, shown.output
        assert "llm.models.pro.key" in shown.output
        assert "0.5" in shown.output
        assert "sk-secret" not in shown.output


@pytest.mark.parametrize("command", [["up", "--port", "0"], ["user", "add", "li", "--password", "correct horse"]])
def test_settings_of_models_that_cannot_be_used_are_named_at_the_start(tmp_path: Path, command: list[str]) -> None:
    environ = {"SMARTFLOW_LLM__MODELS__PRO__MODEL": "large", "SMARTFLOW_DATA_DIR": str(tmp_path)}

    started = CliRunner(env={**os.environ, **environ}).invoke(cli, command)

    assert started.exit_code == 1
    assert "llm.models.pro: base_url and model belong together" in started.output
