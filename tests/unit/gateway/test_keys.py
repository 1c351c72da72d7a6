"""Who holds a token: read by the gateway alone, with userauth away, with keys that change and sessions that end."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from smartflow.client.token import (
    BadClaims,
    KeySet,
    RefreshUsed,
    Revocation,
    SessionEnded,
    TokenId,
    TokenInvalid,
    Tokens,
    UnknownKey,
    WrongToken,
)
from smartflow.client.userauth import SessionsEnded, User, UserDeleted
from smartflow.gateway.call import Principal
from smartflow.gateway.keys import Keys
from smartflow.services.userauth.tokens import Grant, Keyring, Parties, SigningKey
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.events.subscriptions import Subscriptions
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import Refusal, Unavailable
from tests.kit.ports import MONDAY, ManualClock, SeededEntropy

MING = OwnerId(7)
SESSION = SessionId(UUID(int=1))
ME = Principal(MING, SESSION, "zh", "Europe/London")


class Userauth:
    """As much of userauth as the gateway asks, and how often it did."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.keyring = Keyring([SigningKey(b"a" * 32)], Parties("smartflow", "smartflow"), self.clock, keep=lambda keys: None)
        self.ended: list[Revocation] = []
        self.people = {MING: User(MING, "Ming", "zh", "Europe/London", MONDAY)}
        self.asked: list[str] = []
        self.away = False
        self.meanwhile: asyncio.Event | None = None

    async def keys(self, call: Call) -> KeySet:
        self._ask("keys")
        return self.keyring.keys()

    async def revocations(self, call: Call) -> tuple[Revocation, ...]:
        self._ask("revocations")
        found = tuple(self.ended)
        if self.meanwhile is not None:
            await self.meanwhile.wait()
        return found

    async def me(self, call: Call) -> User:
        self._ask("me")
        if call.owner not in self.people:
            raise AccountGone
        return self.people[call.owner]

    def tokens(self, session: SessionId = SESSION, owner: OwnerId = MING) -> Tokens:
        grant = Grant(owner, session, TokenId(UUID(int=9)))
        return self.keyring.tokens(grant, self.clock.now(), SeededEntropy(len(self.asked)))

    def end(self, session: SessionId, *, account_gone: bool = False) -> None:
        self.ended.append(Revocation(session, self.clock.now() + timedelta(days=1), account_gone))

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.away:
            raise Unavailable


@pytest.fixture
def userauth() -> Userauth:
    return Userauth()


@pytest.fixture
def keys(userauth: Userauth) -> Keys:
    return Keys(userauth, userauth.clock)  # type: ignore[arg-type]


def signed(said: dict[str, Any], *, seed: bytes = b"a" * 32, **header: Any) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    kid = Keyring([SigningKey(seed)], Parties("", ""), ManualClock()).keys().keys[0].id
    return jwt.encode(said, key, "EdDSA", headers={"kid": kid} | header)


def claims(**other: Any) -> dict[str, Any]:
    said = {
        "iss": "smartflow",
        "aud": "smartflow",
        "sub": "7",
        "sid": str(SESSION),
        "jti": str(UUID(int=3)),
        "token_type": "access_token",
        "iat": int(MONDAY.timestamp()),
        "exp": int(MONDAY.timestamp()) + 900,
    } | other
    return {name: value for name, value in said.items() if value is not None}


async def test_a_good_token_tells_who_holds_it_and_what_they_prefer(userauth: Userauth, keys: Keys) -> None:
    assert await keys.verify(userauth.tokens().access_token) == ME
    assert await keys.verify(signed(claims())) == ME


async def test_a_token_is_read_once_and_userauth_is_asked_rarely(userauth: Userauth, keys: Keys) -> None:
    token = userauth.tokens().access_token
    for _ in range(5):
        await keys.verify(token)

    assert sorted(userauth.asked) == ["keys", "me", "revocations"]


async def test_a_remembered_token_is_refused_once_its_time_is_over(userauth: Userauth, keys: Keys) -> None:
    token = userauth.tokens().access_token
    userauth.clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    assert await keys.verify(token) == ME

    userauth.clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenInvalid):
        await keys.verify(token)


async def test_no_more_tokens_are_remembered_than_fit(userauth: Userauth) -> None:
    keys = Keys(userauth, userauth.clock, most=2)  # type: ignore[arg-type]
    first, *others = [userauth.tokens(SessionId(UUID(int=number))).access_token for number in range(3)]
    for token in (first, *others):
        await keys.verify(token)

    userauth.keyring = Keyring([SigningKey(b"c" * 32)], Parties("smartflow", "smartflow"), userauth.clock)
    await keys.look_again()

    assert [(await keys.verify(token)).owner for token in others] == [MING, MING]
    with pytest.raises(UnknownKey):
        await keys.verify(first)


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        ("nonsense", TokenInvalid),
        ("a.b.c", TokenInvalid),
        ("", TokenInvalid),
        ("令牌.令牌.令牌", TokenInvalid),
        (signed(claims())[:-6] + "AAAAAA", TokenInvalid),
        (signed(claims(), seed=b"b" * 32), UnknownKey),
        (jwt.encode(claims(), "k" * 32, "HS256", headers={"kid": "x"}), UnknownKey),
        (jwt.encode(claims(), None, "none"), UnknownKey),
        (signed(claims(), kid=""), UnknownKey),
        (signed(claims(exp=int(MONDAY.timestamp()))), TokenInvalid),
        (signed(claims(token_type="refresh_token")), WrongToken),
        (signed(claims(token_type="something")), BadClaims),
        (signed(claims(token_type=None)), BadClaims),
        *((signed(claims(**{name: None})), BadClaims) for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")),
        (signed(claims(iss="another")), BadClaims),
        (signed(claims(aud="another")), BadClaims),
        (signed(claims(sub="ming")), BadClaims),
        (signed(claims(sid="session")), BadClaims),
        (signed(claims(jti="id")), BadClaims),
        (signed(claims(exp=10**30)), BadClaims),
        (signed(claims(exp="soon")), BadClaims),
    ],
)
async def test_every_kind_of_bad_token_has_its_refusal(keys: Keys, token: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        await keys.verify(token)


async def test_a_refresh_token_is_read_and_what_is_none_of_ours_is_invalid(userauth: Userauth, keys: Keys) -> None:
    tokens = userauth.tokens()

    found = await keys.refresher(tokens.refresh_token)

    assert (found.owner, found.session, found.token) == (MING, SESSION, TokenId(UUID(int=9)))
    for bad in (signed(claims(), seed=b"b" * 32), signed(claims(sub="x", token_type="refresh_token"))):
        with pytest.raises(RefreshUsed):
            await keys.refresher(bad)
    with pytest.raises(WrongToken):
        await keys.refresher(tokens.access_token)


async def test_a_token_read_as_one_kind_is_not_taken_for_the_other(userauth: Userauth, keys: Keys) -> None:
    tokens = userauth.tokens()
    await keys.refresher(tokens.refresh_token)
    await keys.verify(tokens.access_token)

    with pytest.raises(WrongToken):
        await keys.verify(tokens.refresh_token)
    with pytest.raises(WrongToken):
        await keys.refresher(tokens.access_token)


async def test_tokens_of_a_new_key_are_taken_at_once_and_those_of_the_old_while_they_live(userauth: Userauth, keys: Keys) -> None:
    old = userauth.tokens().access_token
    await keys.verify(old)
    userauth.keyring.rotate(b"c" * 32)

    assert await keys.verify(userauth.tokens().access_token) == ME
    assert await keys.verify(old) == ME


async def test_a_key_that_is_retired_verifies_nothing_more(userauth: Userauth, keys: Keys) -> None:
    await keys.verify(userauth.tokens().access_token)
    userauth.keyring.rotate(b"c" * 32)
    userauth.clock.advance(timedelta(days=7))
    await keys.verify(userauth.tokens().access_token)

    with pytest.raises(UnknownKey):
        await keys.verify(signed(claims(exp=int(userauth.clock.now().timestamp()) + 900)))


async def test_an_ended_session_is_refused_within_thirty_seconds_and_at_once_where_it_is_heard(userauth: Userauth, keys: Keys) -> None:
    token = userauth.tokens().access_token
    await keys.verify(token)
    userauth.end(SESSION)
    userauth.clock.advance(timedelta(seconds=30))
    with pytest.raises(SessionEnded):
        await keys.verify(token)
    assert not await keys.lives(SESSION)

    other = SessionId(UUID(int=2))
    await keys.verify(userauth.tokens(other).access_token)
    userauth.end(other)
    await keys.look_again()
    with pytest.raises(SessionEnded):
        await keys.verify(userauth.tokens(other).access_token)


async def test_the_end_of_a_session_is_heard_of(userauth: Userauth, keys: Keys) -> None:
    taps = heard_by(keys)
    await keys.verify(userauth.tokens().access_token)

    taps[SessionsEnded](SessionsEnded(MING, (SESSION,)))

    with pytest.raises(SessionEnded):
        await keys.verify(userauth.tokens().access_token)


async def test_a_deleted_account_is_gone_in_every_session(userauth: Userauth, keys: Keys) -> None:
    taps = heard_by(keys)
    token, other = userauth.tokens().access_token, userauth.tokens(SessionId(UUID(int=2))).access_token
    for each in (token, other):
        await keys.verify(each)

    del userauth.people[MING]
    userauth.end(SESSION, account_gone=True)
    taps[UserDeleted](UserDeleted(MING))

    for each in (token, other):
        with pytest.raises(AccountGone):
            await keys.verify(each)


async def test_what_is_heard_while_the_list_is_on_its_way_is_not_lost(userauth: Userauth, keys: Keys) -> None:
    await keys.verify(userauth.tokens().access_token)
    userauth.meanwhile = asyncio.Event()
    reading = asyncio.create_task(keys.look_again())
    await asyncio.sleep(0)

    keys.end(SESSION)
    userauth.meanwhile.set()
    await reading

    assert not await keys.lives(SESSION)


async def test_with_userauth_away_the_last_keys_and_list_count(userauth: Userauth, keys: Keys) -> None:
    ended = SessionId(UUID(int=2))
    token, refused = userauth.tokens().access_token, userauth.tokens(ended).access_token
    userauth.end(ended)
    await keys.verify(token)
    userauth.away = True
    userauth.clock.advance(timedelta(minutes=5))

    assert await keys.verify(token) == ME
    with pytest.raises(SessionEnded):
        await keys.verify(refused)


async def test_what_a_person_prefers_is_asked_again_once_it_changed(userauth: Userauth, keys: Keys) -> None:
    token = userauth.tokens().access_token
    await keys.verify(token)
    userauth.people[MING] = User(MING, "Ming", "en", "Asia/Shanghai", MONDAY)
    assert await keys.verify(token) == ME

    keys.forget(MING)

    assert await keys.verify(token) == Principal(MING, SESSION, "en", "Asia/Shanghai")


pieces = st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
values = st.none() | st.integers() | st.text(max_size=10) | st.lists(st.integers(), max_size=2) | st.floats(allow_nan=False)


@given(st.lists(pieces, min_size=1, max_size=5).map(".".join))
@example("eyJhbGciOiJFZERTQSJ9.bnVsbA.AAAA")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
async def test_nothing_that_is_sent_as_a_token_breaks_the_reader(keys: Keys, token: str) -> None:
    with pytest.raises(Refusal):
        await keys.verify(token)


@given(st.dictionaries(st.sampled_from(["sub", "sid", "jti", "token_type", "iat", "exp", "nbf", "iss", "aud"]), values, min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
async def test_nothing_that_a_signed_token_says_breaks_the_reader(keys: Keys, said: dict[str, Any]) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
    kid = Keyring([SigningKey(b"a" * 32)], Parties("", ""), ManualClock()).keys().keys[0].id
    token = jwt.PyJWS().encode(json.dumps(claims() | said).encode(), key, "EdDSA", headers={"kid": kid, "typ": "JWT"})
    try:
        await keys.verify(token)
    except Refusal:
        return


def heard_by(keys: Keys) -> dict[type, Any]:
    subscriptions = Subscriptions("gateway")
    keys.subscribe(subscriptions)
    return dict(subscriptions.taps)
