"""Identities, and the port through which chance comes in."""

import random
import secrets
from typing import NewType, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

OwnerId = NewType("OwnerId", int)
SessionId = NewType("SessionId", UUID)
TaskId = NewType("TaskId", int)
TermId = NewType("TermId", int)
CourseId = NewType("CourseId", int)
ClassId = NewType("ClassId", int)
ItemId = NewType("ItemId", int)
EventId = NewType("EventId", int)
ChangeId = NewType("ChangeId", int)
PlanId = NewType("PlanId", UUID)
MemoryId = NewType("MemoryId", int)


class Entropy(Protocol):
    """Where ids, secrets and jitter come from."""

    def uuid(self) -> UUID:
        """Give a new UUID that sorts by time (version 7)."""
        ...

    def secret(self, size: int) -> bytes:
        """Give `size` bytes that nobody can guess."""
        ...

    def fraction(self) -> float:
        """Give a number in [0, 1), for jitter."""
        ...


class SystemEntropy:
    """The operating system's chance."""

    def uuid(self) -> UUID:
        """Give a new UUID that sorts by time (version 7)."""
        return uuid7()

    def secret(self, size: int) -> bytes:
        """Give `size` bytes that nobody can guess."""
        return secrets.token_bytes(size)

    def fraction(self) -> float:
        """Give a number in [0, 1), for jitter."""
        return random.random()  # noqa: S311 - jitter is no secret
