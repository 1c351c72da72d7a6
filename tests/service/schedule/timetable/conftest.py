"""A timetable on SQLite, one for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.kit.timetable import Owner, Room, room


@pytest_asyncio.fixture
async def timetable(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path / "timetable.db") as opened:
        yield opened


@pytest_asyncio.fixture
async def ming(timetable: Room) -> Owner:
    return timetable.someone()
