"""Verifies access tokens by userauth's public keys, and refuses sessions that have ended."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from smartflow.client.token import BadClaims, KeySet, RefreshUsed, SessionEnded, TokenId, TokenInvalid, UnknownKey, WrongToken
from smartflow.client.userauth import SessionsEnded, UserauthClient, UserDeleted
from smartflow.gateway.call import NOBODY, Principal
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.call import Actor, Call
from smartflow.shared.kernel.clock import Clock
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import DeadlinePassed, Unavailable

MOST_REMEMBERED = 20_000
LIST_AGE = timedelta(seconds=20)
PERSON_AGE = timedelta(seconds=30)
_AWAY = (Unavailable, DeadlinePassed, OSError)
_PATIENCE = timedelta(seconds=5)
_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "token_type", "iat", "exp"]


class Claims(Struct, frozen=True):
    """What a token says."""

    owner: OwnerId
    session: SessionId
    token: TokenId
    expires_at: datetime


class _Said(Struct, frozen=True):
    sub: str
    sid: UUID
    jti: UUID
    token_type: Literal["access_token", "refresh_token"]
    exp: int


class Keys:
    """Serves `gateway.call.Verifier`. With userauth away the last keys and list count."""

    def __init__(self, userauth: UserauthClient, clock: Clock, most: int = MOST_REMEMBERED) -> None:
        self._userauth = userauth
        self._clock = clock
        self._most = most
        self._keys: KeySet | None = None
        self._public: dict[str, Ed25519PublicKey] = {}
        self._verified: dict[bytes, Claims] = {}
        self._ended: dict[SessionId, bool] = {}
        self._heard: dict[SessionId, bool] = {}
        self._listed_at: datetime | None = None
        self._reading = asyncio.Lock()
        self._people: dict[OwnerId, tuple[datetime, Principal]] = {}

    def subscribe(self, subscriptions: Subscriptions) -> None:
        """Hear of ended sessions at once in this process; elsewhere the list is read often enough."""
        subscriptions.tap(SessionsEnded, self._hear_of_end)
        subscriptions.tap(UserDeleted, lambda event: self.forget(event.owner))

    async def verify(self, token: str) -> Principal:
        """Tell who holds an access token.

        Raises:
            Refusal: The token is not good (40010 to 40012, 40014, 40016, 40017).
        """
        claims = await self.claims(token, "access_token")
        gone = self._ended.get(claims.session)
        if gone is not None:
            raise AccountGone if gone else SessionEnded
        return await self._person(claims)

    async def lives(self, session: SessionId) -> bool:
        """Tell whether a login session is still on, for streams that stay open."""
        await self._read_list()
        return session not in self._ended

    async def refresher(self, token: str) -> Claims:
        """Read a refresh token.

        Raises:
            TokenInvalid: It is no token, or its time is over.
            RefreshUsed: It is none of ours.
            WrongToken: It is an access token.
        """
        try:
            return await self.claims(token, "refresh_token")
        except (UnknownKey, BadClaims):
            raise RefreshUsed from None

    async def claims(self, token: str, wanted: str) -> Claims:
        """Read a token of the wanted kind and check its signature and its time.

        Raises:
            Refusal: It is not good.
        """
        await self._read_list()
        digest = sha256(f"{wanted} {token}".encode()).digest()
        known = self._verified.get(digest)
        if known is None:
            known = await self._decode(token, wanted)
            if len(self._verified) >= self._most:
                self._verified.pop(next(iter(self._verified)))
            self._verified[digest] = known
        if known.expires_at <= self._clock.now():
            self._verified.pop(digest, None)
            raise TokenInvalid
        return known

    def end(self, session: SessionId, *, account_gone: bool = False) -> None:
        """Refuse a session from now on, before the list says so."""
        self._ended[session] = self._heard[session] = account_gone

    async def look_again(self) -> None:
        """Read the list now: sessions have ended."""
        await self._read(self._clock.now())

    def forget(self, owner: OwnerId) -> None:
        """Ask again what a person prefers."""
        self._people.pop(owner, None)

    async def _decode(self, token: str, wanted: str) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise TokenInvalid from None
        key = await self._key(str(header.get("kid"))) if header.get("alg") == "EdDSA" else None
        if key is None or self._keys is None:
            raise UnknownKey
        # Time comes in through our clock, so the library is not asked about it.
        options = {"require": _CLAIMS, "verify_exp": False, "verify_iat": False}
        try:
            said = jwt.decode(token, key, ["EdDSA"], options, issuer=self._keys.issuer, audience=self._keys.audience)  # type: ignore[arg-type]
        except (jwt.MissingRequiredClaimError, jwt.InvalidIssuerError, jwt.InvalidAudienceError):
            raise BadClaims from None
        except jwt.InvalidTokenError:
            raise TokenInvalid from None
        return _claims(said, wanted)

    async def _key(self, kid: str) -> Ed25519PublicKey | None:
        if kid not in self._public:
            await self._guarded(self._read_keys)
        return self._public.get(kid)

    async def _read_keys(self) -> None:
        self._keys = await self._userauth.keys(self._call())
        self._public = {key.id: Ed25519PublicKey.from_public_bytes(key.value) for key in self._keys.keys}

    async def _read_list(self) -> None:
        now = self._clock.now()
        if self._listed_at is not None:
            if now - self._listed_at < LIST_AGE:
                return
            self._listed_at = now  # meanwhile others go on with the list that there is
        await self._read(now)

    async def _read(self, now: datetime) -> None:
        async with self._reading:
            await self._guarded(self._take_list)
            await self._guarded(self._read_keys)
        self._listed_at = now

    async def _take_list(self) -> None:
        # What is heard of while the answer is on its way must outlive it.
        self._heard = {}
        listed = await self._userauth.revocations(self._call())
        self._ended = {each.session_id: each.account_gone for each in listed} | self._heard

    async def _guarded(self, read: Callable[[], Awaitable[None]]) -> None:
        try:
            await read()
        except _AWAY:
            return

    async def _person(self, claims: Claims) -> Principal:
        now = self._clock.now()
        known = self._people.get(claims.owner)
        if known is None or now - known[0] >= PERSON_AGE:
            try:
                user = await self._userauth.me(self._call(claims.owner))
                found = Principal(claims.owner, claims.session, user.language, user.zone)
            except _AWAY:
                if known is None:
                    raise
                found = known[1]
            if len(self._people) >= self._most:
                self._people.clear()
            known = self._people[claims.owner] = (now, found)
        return Principal(claims.owner, claims.session, known[1].language, known[1].zone)

    def _hear_of_end(self, event: SessionsEnded) -> None:
        for session in event.session_ids:
            self.end(session)

    def _call(self, owner: OwnerId = NOBODY) -> Call:
        return Call(owner=owner, request_id="keys", actor=Actor.SYSTEM, deadline=self._clock.now() + _PATIENCE)


def _claims(said: Any, wanted: str) -> Claims:  # noqa: ANN401 - JSON
    try:
        read = msgspec.convert(said, _Said)
        claims = Claims(OwnerId(int(read.sub)), SessionId(read.sid), TokenId(read.jti), datetime.fromtimestamp(read.exp, UTC))
    except (ValueError, OverflowError, OSError):
        raise BadClaims from None
    if read.token_type != wanted:
        raise WrongToken
    return claims
