"""Buckets in the memory of one process."""

from datetime import datetime

from smartflow.shared.stores.buckets import Bucket, Level

_SWEPT_AT = 10_000
_ROUNDING = 1e-3  # a float of seconds since 1970 is that coarse once a hundred steps are added up


class MemoryBuckets:
    """One number per bucket: the instant at which it will be full again (the generic cell rate algorithm)."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}

    async def take(self, bucket: Bucket, now: datetime) -> Level:
        """Take a token, if there is one."""
        at, each = now.timestamp(), 1 / bucket.refill
        level = self._level(bucket, at)
        if not level.granted:
            return level
        left, full_in = level.left - 1, level.full_in + each
        self._full_at[bucket.key] = at + full_in
        self._sweep(at)
        return Level(granted=True, holds=bucket.holds, left=left, wait=max(0.0, 1 - left) * each, full_in=full_in)

    async def look(self, bucket: Bucket, now: datetime) -> Level:
        """Say whether a token could be taken, without taking it."""
        return self._level(bucket, now.timestamp())

    def _level(self, bucket: Bucket, at: float) -> Level:
        full_in = max(self._full_at.get(bucket.key, 0.0) - at, 0.0)
        left = max(0.0, bucket.holds - full_in * bucket.refill)
        return Level(left >= 1 - _ROUNDING, bucket.holds, left, max(0.0, 1 - left) / bucket.refill, full_in)

    def _sweep(self, at: float) -> None:
        """Forget full buckets once there are many: they are as good as new."""
        if len(self._full_at) > _SWEPT_AT:
            self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > at}
