"""Token buckets, as rate limits need them."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Bucket(Struct, frozen=True):
    """A bucket by its key: how many tokens it holds and how many come back each second."""

    key: str
    holds: int
    refill: float


class Level(Struct, frozen=True):
    """How full a bucket is after a token was asked for; `wait` seconds until the next if none was granted."""

    granted: bool
    holds: int
    left: float
    wait: float
    full_in: float


class Buckets(Protocol):
    """Keeps buckets."""

    async def take(self, bucket: Bucket, now: datetime) -> Level:
        """Take a token, if there is one.

        Raises:
            OSError: The store cannot be reached.
        """
        ...

    async def look(self, bucket: Bucket, now: datetime) -> Level:
        """Say whether a token could be taken, without taking it.

        Raises:
            OSError: The store cannot be reached.
        """
        ...
