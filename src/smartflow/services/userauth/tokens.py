"""Tokens: JSON Web Tokens signed with EdDSA (RFC 8037), and the keys that sign them."""

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from smartflow.client.token import KeySet, PublicKey, TokenId, Tokens
from smartflow.services.userauth.model import ACCESS_LIFE, REFRESH_LIFE
from smartflow.shared.kernel.ids import Entropy, OwnerId, SessionId

SEED = 32


class Grant(Struct, frozen=True):
    """For whom tokens are made, and the id that the refresh token is known by."""

    owner: OwnerId
    session_id: SessionId
    refresh_id: TokenId


class Signer:
    """Signs tokens with the newest key; publishes all keys that still verify."""

    def __init__(self, seeds: Sequence[bytes], issuer: str, audience: str) -> None:
        self._keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self._issuer = issuer
        self._audience = audience
        self._public = [PublicKey(_id(key), key.public_key().public_bytes_raw()) for key in self._keys]

    def keys(self) -> KeySet:
        """Give what verifies tokens."""
        return KeySet(self._issuer, self._audience, tuple(self._public))

    def tokens(self, grant: Grant, now: datetime, entropy: Entropy) -> Tokens:
        """Make an access token and a refresh token."""
        access = self._sign(grant, "access_token", str(entropy.uuid()), (now, now + ACCESS_LIFE))
        refresh = self._sign(grant, "refresh_token", str(grant.refresh_id), (now, now + REFRESH_LIFE))
        lives = int(ACCESS_LIFE.total_seconds()), int(REFRESH_LIFE.total_seconds())
        return Tokens(access, refresh, *lives, grant.session_id, grant.owner)

    def _sign(self, grant: Grant, kind: str, token_id: str, life: tuple[datetime, datetime]) -> str:
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(grant.owner),
            "sid": str(grant.session_id),
            "jti": token_id,
            "token_type": kind,
            "iat": int(life[0].timestamp()),
            "exp": int(life[1].timestamp()),
        }
        return jwt.encode(claims, self._keys[0], "EdDSA", headers={"kid": self._public[0].id})


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


def _id(key: Ed25519PrivateKey) -> str:
    return sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]
