"""Passwords become hashes that tell nothing of them (argon2id); slow on purpose, so it is done in the pool."""

import base64
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.kernel.ids import Entropy
from smartflow.shared.process.pool import Pool

KIND = "password"
_DEADLINE = timedelta(seconds=5)
_SALT, _DIGEST = 16, 32


class Cost(Struct, frozen=True):
    """How much work a hash is."""

    memory_kib: int
    rounds: int
    lanes: int


class Passwords:
    """Hashes and verifies; the pool does two at a time."""

    def __init__(self, pool: Pool, entropy: Entropy, settings: UserauthSettings) -> None:
        self._pool = pool
        self._entropy = entropy
        self._cost = Cost(settings.hash_memory_kib, settings.hash_rounds, settings.hash_lanes)
        self._nobodys = _unreachable(self._cost)

    async def hash(self, password: str) -> str:
        """Hash a password."""
        return await self._pool.run(_hash, password, self._entropy.secret(_SALT), self._cost, deadline=_DEADLINE, kind=KIND)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Tell whether a password belongs to a hash; without a hash the work is the same, and the answer is no."""
        right = await self._pool.run(_verify, password, hashed or self._nobodys, deadline=_DEADLINE, kind=KIND)
        return right and hashed is not None


def _hash(password: str, salt: bytes, cost: Cost) -> str:
    hasher = PasswordHasher(time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes, hash_len=_DIGEST)
    hashed: str = hasher.hash(_bytes(password), salt=salt)
    return hashed


def _verify(password: str, hashed: str) -> bool:
    try:
        return bool(PasswordHasher().verify(hashed, _bytes(password)))
    except (VerificationError, InvalidHashError):
        return False


def _unreachable(cost: Cost) -> str:
    """Write down a hash that no password is known for, without the work of making one."""
    salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in (_SALT, _DIGEST))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.rounds},p={cost.lanes}${salt}${digest}"


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
