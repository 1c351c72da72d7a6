"""Tokens: JSON Web Tokens signed with EdDSA (RFC 8037), and the keys that sign them."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.token import KeySet, PublicKey, TokenId, Tokens
from smartflow.services.userauth.model import ACCESS_LIFE, REFRESH_LIFE
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.codec import from_json
from smartflow.shared.kernel.ids import Entropy, OwnerId, SessionId

SEED = 32


class SigningKey(Struct, frozen=True):
    """What an Ed25519 key grows from. One that is retired signs nothing more, and verifies while its tokens live."""

    seed: bytes
    retired_at: datetime | None = None

    def verifies(self, now: datetime) -> bool:
        """Tell whether a token that it signed may still live."""
        return self.retired_at is None or now < self.retired_at + REFRESH_LIFE

    def __repr__(self) -> str:
        return "SigningKey(...)"


class Parties(Struct, frozen=True):
    """Who issues tokens, and for whom."""

    issuer: str
    audience: str


class Grant(Struct, frozen=True):
    """For whom tokens are made, and the id that the refresh token is known by."""

    owner: OwnerId
    session_id: SessionId
    refresh_id: TokenId


class Keyring:
    """Signs tokens with the newest key; publishes all that still verify. `keep` stores the keys when they change."""

    def __init__(
        self, keys: Sequence[SigningKey], parties: Parties, clock: Clock, keep: Callable[[Sequence[SigningKey]], None] | None = None
    ) -> None:
        self._keys = tuple(keys)
        self._parties = parties
        self._clock = clock
        self._keep = keep
        self._newest = Ed25519PrivateKey.from_private_bytes(keys[0].seed)

    @property
    def fixed(self) -> bool:
        """Whether the keys come from settings."""
        return self._keep is None

    def keys(self) -> KeySet:
        """Give what verifies tokens, that which signs now first."""
        now = self._clock.now()
        return KeySet(self._parties.issuer, self._parties.audience, tuple(_public(key) for key in self._keys if key.verifies(now)))

    def rotate(self, seed: bytes) -> None:
        """Sign with a new key from now on; keys whose tokens are all over go."""
        now = self._clock.now()
        newest, *older = self._keys
        keys = (SigningKey(seed), replace(newest, retired_at=now), *(key for key in older if key.verifies(now)))
        # Kept first: what was signed with a key that got lost could never be verified.
        if self._keep is not None:
            self._keep(keys)
        self._keys, self._newest = keys, Ed25519PrivateKey.from_private_bytes(seed)

    def tokens(self, grant: Grant, now: datetime, entropy: Entropy) -> Tokens:
        """Make an access token and a refresh token."""
        access = self._sign(grant, ("access_token", str(entropy.uuid())), now, ACCESS_LIFE)
        refresh = self._sign(grant, ("refresh_token", str(grant.refresh_id)), now, REFRESH_LIFE)
        lives = int(ACCESS_LIFE.total_seconds()), int(REFRESH_LIFE.total_seconds())
        return Tokens(access, refresh, *lives, grant.session_id, grant.owner)

    def _sign(self, grant: Grant, kind_and_id: tuple[str, str], now: datetime, life: timedelta) -> str:
        kind, token_id = kind_and_id
        claims = {
            "iss": self._parties.issuer,
            "aud": self._parties.audience,
            "sub": str(grant.owner),
            "sid": str(grant.session_id),
            "jti": token_id,
            "token_type": kind,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        }
        return jwt.encode(claims, self._newest, "EdDSA", headers={"kid": _public(self._keys[0]).id})


def seed_of(text: str) -> bytes:
    """Read a seed from settings: 32 bytes in base64url.

    Raises:
        ValueError: It is something else.
    """
    seed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(seed) != SEED:
        message = "a signing key is 32 bytes in base64url"
        raise ValueError(message)
    return seed


def keys_of(content: bytes) -> tuple[SigningKey, ...]:
    """Read the keys that were kept, that which signs first.

    Raises:
        ValueError: These are none.
    """
    try:
        keys = from_json(content, tuple[SigningKey, ...])
    except (msgspec.DecodeError, UnicodeDecodeError):
        keys = ()
    if not keys or any(len(key.seed) != SEED for key in keys):
        message = "no signing keys"
        raise ValueError(message)
    return keys


def _public(key: SigningKey) -> PublicKey:
    value = Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw()
    return PublicKey(sha256(value).hexdigest()[:16], value)
