"""Rate limits: one token bucket per class and key."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

from msgspec import Struct

from smartflow.client.userauth import WrongCredentials, WrongPassword
from smartflow.gateway.settings import LimitsSettings
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text
from smartflow.shared.process.logs import logger
from smartflow.shared.process.telemetry import Metrics
from smartflow.shared.stores.buckets import Bucket, Buckets, Level


class TooMany(Refusal):
    """Too many requests of this kind in this time."""

    status, code = 429, "40033"
    text = Text(zh="请求太频繁，请稍后再试。", en="Too many requests; please wait a moment.")

    def __init__(self, empty: Sequence[Level]) -> None:
        super().__init__(retry_after=max(1, *(math.ceil(level.wait) for level in empty)))
        self.headers = _headers(empty)


class Limit(Struct, frozen=True):
    """A row of the table of limits: how many requests it holds, and how many come back each second."""

    name: str
    holds: int
    refill: float


REGISTER = Limit("register", 5, 10 / 60)
LOGIN = Limit("login", 5, 10 / 60)
LOGIN_IP = Limit("login-ip", 100, 5)
PASSWORD = Limit("password", 20, 1 / 60)
REFRESH = Limit("refresh", 5, 10 / 60)
OPEN = Limit("open", 20, 10)
REFUSED = Limit("refused", 100, 10)
READ = Limit("read", 20, 10)
WRITE = Limit("write", 20, 5)
CHAT = Limit("chat", 10, 1)


class Limiter:
    """Takes tokens for requests. With the store down requests pass, and a metric counts them."""

    def __init__(self, buckets: Buckets, settings: LimitsSettings, clock: Clock, metrics: Metrics) -> None:
        self._buckets = buckets
        self._enabled = settings.enabled
        self._clock = clock
        self._metrics = metrics
        self._log = logger("limits")

    async def take(self, *wanted: tuple[Limit, str]) -> dict[str, str]:
        """Take a token of each bucket; gives the headers that tell of the emptiest.

        Raises:
            TooMany: One is empty.
        """
        if not self._enabled:
            return {}
        now = self._clock.now()
        try:
            levels = [await self._buckets.take(_bucket(limit, key), now) for limit, key in wanted]
        except (OSError, TimeoutError):
            self._metrics.unlimited.inc()
            self._log.warning("limits.store_down")
            return {}
        empty = [level for level in levels if not level.granted]
        if empty:
            raise TooMany(empty)
        return _headers(levels)

    @asynccontextmanager
    async def failures(self, username: str) -> AsyncIterator[None]:
        """Count a failed password check inside against that name; with too many of them none is made.

        Raises:
            TooMany: There were too many.
        """
        bucket = _bucket(PASSWORD, username)
        if self._enabled and not (level := await self._buckets.look(bucket, self._clock.now())).granted:
            raise TooMany([level])
        try:
            yield
        except (WrongCredentials, WrongPassword):
            if self._enabled:
                await self._buckets.take(bucket, self._clock.now())
            raise


def _bucket(limit: Limit, key: str) -> Bucket:
    return Bucket(f"{limit.name}:{key}", limit.holds, limit.refill)


def _headers(levels: Sequence[Level]) -> dict[str, str]:
    if not levels:
        return {}
    emptiest = min(levels, key=lambda level: level.left / level.holds)
    return {
        "RateLimit-Limit": str(emptiest.holds),
        "RateLimit-Remaining": str(int(emptiest.left)),
        "RateLimit-Reset": str(math.ceil(emptiest.full_in)),
    }


def address_of(peer: str, forwarded: str | None, proxies: Sequence[str]) -> str:
    """Give the sender's address: the peer's, or behind known proxies the right-most forwarded one that is none."""
    if not forwarded or not among(peer, proxies):
        return peer
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return next((hop for hop in reversed(hops) if not among(hop, proxies)), peer)


def among(address: str, networks: Sequence[str]) -> bool:
    """Tell whether an address lies in one of some networks."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in networks)
