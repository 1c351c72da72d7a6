"""Passwords become hashes that tell nothing of them (argon2id); slow on purpose, so it is done in the pool."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.process.pool import Pool

KIND = "password"
_DEADLINE = timedelta(seconds=5)


class Passwords:
    """Hashes and verifies, two at a time."""

    def __init__(self, pool: Pool, settings: UserauthSettings) -> None:
        self._pool = pool
        self._cost = (settings.hash_memory_kib, settings.hash_rounds, settings.hash_lanes)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """Hash a password."""
        return await self._pool.run(_hash, password, self._cost, deadline=_DEADLINE, kind=KIND)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Tell whether a password belongs to a hash; without a hash the work is the same, and the answer is no."""
        if hashed is None and self._nobodys is None:
            self._nobodys = await self.hash("nobody's password")
        right = await self._pool.run(_verify, password, hashed or self._nobodys or "", deadline=_DEADLINE, kind=KIND)
        return right and hashed is not None


def _hash(password: str, cost: tuple[int, int, int]) -> str:
    memory, rounds, lanes = cost
    return PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=lanes).hash(_bytes(password))


def _verify(password: str, hashed: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
