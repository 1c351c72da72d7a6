"""Tokens: what opens the door, what verifies it, and why one is refused."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from msgspec import Struct

from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

TokenId = NewType("TokenId", UUID)


class Unprinted(Struct, frozen=True):
    """Base of what carries a secret: shows itself nowhere."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class Tokens(Unprinted, frozen=True):
    """What opens the door: for how many seconds each, in which login session."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    session_id: SessionId
    user_id: OwnerId


class PublicKey(Struct, frozen=True):
    """An Ed25519 key that verifies tokens: its id (`kid`) and its 32 bytes."""

    id: str
    value: bytes


class KeySet(Struct, frozen=True):
    """How to tell our tokens: who issues them, for whom, and the keys, that which signs now first."""

    issuer: str
    audience: str
    keys: tuple[PublicKey, ...]


class Revocation(Struct, frozen=True):
    """A login session that ended before its tokens did: to be refused until none of them can live any more."""

    session_id: SessionId
    until: datetime
    account_gone: bool = False


class TokenMissing(Refusal):
    """The request carries no access token."""

    status, code = 401, "40009"
    text = Text(zh="请先登录。", en="Please log in first.")


class UnknownKey(Refusal):
    """The token was signed with a key or a method that is not ours."""

    status, code = 401, "40010"
    text = Text(zh="令牌的签名密钥或方式无法识别。", en="The token was signed with an unknown key or method.")


class TokenInvalid(Refusal):
    """The token is no token, its signature is wrong, or its time is over."""

    status, code = 401, "40011"
    text = Text(zh="令牌无效或已过期。", en="The token is invalid or has expired.")


class BadClaims(Refusal):
    """The token is ours but does not say what it must."""

    status, code = 401, "40012"
    text = Text(zh="令牌内容不正确。", en="The token's claims are not right.")


class RefreshUsed(Refusal):
    """The refresh token is not valid, or somebody used it a moment ago."""

    status, code = 401, "40015"
    text = Text(zh="刷新令牌无效或已使用。", en="The refresh token is invalid or was used already.")


class WrongToken(Refusal):
    """A refresh token where an access token is wanted, or the other way round."""

    status, code = 401, "40016"
    text = Text(zh="令牌类型不正确。", en="This is the wrong kind of token.")


class SessionEnded(Refusal):
    """The login session has ended."""

    status, code = 401, "40017"
    text = Text(zh="登录会话已结束，请重新登录。", en="The login session has ended; please log in again.")
