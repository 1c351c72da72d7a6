"""What a host may choose about accounts."""

from pathlib import Path

from msgspec import Struct

from smartflow.shared.process.config import Secret


class UserauthSettings(Struct, frozen=True):
    """Accounts, passwords and tokens.

    Without `open_registration` the process decides: closed when its start is public. `signing_keys` are Ed25519 seeds
    (32 bytes, base64url), that which signs first; without any they are made and kept in `keys_dir`, by default the
    data directory.
    """

    open_registration: bool | None = None
    shortest_password: int = 8
    signing_keys: tuple[Secret, ...] = ()
    keys_dir: Path | None = None
    issuer: str = "smartflow"
    audience: str = "smartflow"
    hash_memory_kib: int = 65536
    hash_rounds: int = 3
    hash_lanes: int = 4
