"""A product of its own for what is remembered, and people who need no account."""

from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest

from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from tests.kit.app import App, running
from tests.kit.ports import MONDAY


@pytest.fixture(scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    async with running(tmp_path_factory.mktemp("memory")) as app:
        yield app


@pytest.fixture
def home(lasting: App) -> App:
    """The product of this module's tests, on Monday."""
    lasting.clock.set(MONDAY)
    return lasting


@pytest.fixture(scope="module")
def newcomer() -> Callable[[], Call]:
    """Make the calls of somebody new."""
    numbers = count(1000)
    return lambda: Call(owner=OwnerId(next(numbers)), request_id="r")
