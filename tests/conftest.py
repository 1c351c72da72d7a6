"""What all tests share."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.kit.app import App, running
from tests.kit.node import Mock, mock
from tests.kit.ports import MONDAY

settings.register_profile("smartflow", deadline=None, derandomize=True, database=None)
settings.load_profile("smartflow")
for name in [name for name in os.environ if name.startswith("SMARTFLOW_")]:
    del os.environ[name]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden traces be written."""
    parser.addoption("--write-traces", action="store_true", dest="write_traces", help="write the golden traces of the talks anew")


@pytest.fixture(scope="session")
async def shared_app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    async with running(tmp_path_factory.mktemp("app")) as app:
        yield app


@pytest.fixture
def app(shared_app: App) -> App:
    """The product that this worker's tests share; each makes its own people."""
    shared_app.clock.set(MONDAY)
    return shared_app


@pytest.fixture
async def own_app(tmp_path: Path) -> AsyncIterator[App]:
    """A product for this test alone: for what moves time or counts across people."""
    async with running(tmp_path) as app:
        yield app


@pytest.fixture(scope="session")
async def shared_mock() -> AsyncIterator[Mock]:
    async with mock() as server:
        yield server


@pytest.fixture
async def foreign(shared_mock: Mock) -> Mock:
    """A model's server by others, which this worker's tests share; it knows nothing yet."""
    await shared_mock.forgets()
    return shared_mock
