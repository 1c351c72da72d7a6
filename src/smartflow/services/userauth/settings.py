"""What a host may choose about accounts."""

from pathlib import Path
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from smartflow.shared.process.config import Secret

Count: TypeAlias = Annotated[int, Meta(ge=1, le=256)]
_KIB_OF_A_LANE = 8  # less is refused by the hash function itself


class UserauthSettings(Struct, frozen=True):
    """Accounts, passwords and tokens.

    Without `open_registration` the process decides: closed when its start is public. `signing_keys` are Ed25519 seeds
    (32 bytes, base64url), that which signs first; without any they are made and kept in `keys_dir`, by default the
    data directory. A hash takes `hash_memory_kib` of memory `hash_rounds` times, in `hash_lanes` threads.
    """

    open_registration: bool | None = None
    shortest_password: Count = 8
    signing_keys: tuple[Secret, ...] = ()
    keys_dir: Path | None = None
    issuer: str = "smartflow"
    audience: str = "smartflow"
    hash_memory_kib: Annotated[int, Meta(ge=_KIB_OF_A_LANE, le=4 * 1024 * 1024)] = 65536
    hash_rounds: Count = 3
    hash_lanes: Count = 4

    def __post_init__(self) -> None:
        if self.hash_memory_kib < _KIB_OF_A_LANE * self.hash_lanes:
            message = f"hash_memory_kib must be at least {_KIB_OF_A_LANE} for each of the {self.hash_lanes} hash_lanes"
            raise ValueError(message)
