"""A model's server, and an exit with a model in each role on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.llm import Exit, Payer, exit_on, three
from tests.kit.model_server import ModelServer, model_server


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as made:
        yield made
        assert made.over, "not everything of the script was asked for"


@pytest.fixture
async def door(tmp_path: Path, server: ModelServer) -> AsyncIterator[Exit]:
    async with exit_on(tmp_path / "llm.db", models=three(server.url)) as made:
        yield made


@pytest.fixture
def ming(door: Exit) -> Payer:
    return door.someone()
