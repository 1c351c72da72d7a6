"""CPU per request at the edge, with everything that stands before a route, against a bare Starlette route in the same run.

Both answer the same bytes of data in process, without a server; the tasks are a stub, so that no database is measured.
Run: `python benchmarks/gateway/run.py [ROUNDS]`. Read the ratios; the microseconds belong to the machine.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smartflow.client.task import Task, TaskPage
from smartflow.gateway.app import Edge, Gateway
from smartflow.gateway.call import Principal
from smartflow.gateway.limits import Limiter
from smartflow.gateway.routes.task import TaskRoutes
from smartflow.gateway.settings import GatewaySettings, LimitsSettings
from smartflow.shared.kernel.clock import SystemClock
from smartflow.shared.kernel.ids import OwnerId, SessionId, SystemEntropy, TaskId
from smartflow.shared.process.logs import configure
from smartflow.shared.process.telemetry import Metrics
from smartflow.shared.stores.buckets import Bucket, Level

Application = Callable[[Any, Any, Any], Awaitable[None]]
NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
PERSON = Principal(OwnerId(1), SessionId(UUID(int=1)), "en", "Asia/Shanghai")
BODY = msgspec.json.encode({"title": "Lab report", "priority_group": 2, "deadline_at": "2026-09-20T23:00:00+08:00"})
GOAL, ROUNDS, REQUESTS = 4.0, 9, 2000


class Tasks:
    """Answers at once, always the same."""

    def __init__(self) -> None:
        self._task = Task(
            **{"id": TaskId(1), "owner": OwnerId(1), "title": "Lab report", "sections": 1, "version": 1}
            | {"created_at": NOW, "updated_at": NOW, "deadline_at": NOW},
            **_quadrant(),
        )

    async def create(self, *_: object) -> Task:
        return self._task

    async def find(self, *_: object) -> TaskPage:
        return TaskPage((self._task,) * 3, 3)


class Known:
    """Has verified the token before, as the gateway has of all but the first request with one."""

    async def verify(self, _: str) -> Principal:
        return PERSON


class Full:
    """Buckets of which tokens are taken, and which never end."""

    async def take(self, bucket: Bucket, now: datetime) -> Level:
        del now
        return Level(granted=True, holds=bucket.holds, left=bucket.holds - 1, wait=0.0, full_in=0.1)

    look = take
