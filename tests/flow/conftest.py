"""Where the examples of the assistant are played: by rules alone, and with a model that plays a script."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.examples import Stage
from tests.kit.talking import NOW, autumn, scripted


@pytest.fixture(scope="session")
async def offline_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with autumn(tmp_path_factory.mktemp("offline")) as app:
        yield Stage(app)


@pytest.fixture(scope="session")
async def scripted_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with scripted(tmp_path_factory.mktemp("scripted")) as (app, server):
        yield Stage(app, server)


@pytest.fixture(params=["offline", "scripted"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Each of the two, one after the other."""
    found: Stage = request.getfixturevalue(f"{request.param}_stage")
    found.app.clock.set(NOW)
    if found.server is not None:
        found.server.starts_over()
    return found
