"""Asks userauth as other parts do: through its client, every argument and answer sent through the codec."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import jwt
from msgspec import Struct
from sqlalchemy import Table, func, select

from smartflow.client.token import TokenId, Tokens
from smartflow.client.userauth import Credentials, Device, Registration, Session, User, UserauthClient
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.text import Language
from tests.kit.app import App

NOBODY = Call(owner=OwnerId(0), request_id="test")
PASSWORD = "correct horse"
PHONE, LAPTOP = Device("192.0.2.1", "phone"), Device("2001:db8::1", "laptop")


class Visitor(Struct):
    """Somebody with an account, and the tokens that they hold."""

    userauth: UserauthClient
    user: User
    tokens: Tokens

    @property
    def call(self) -> Call:
        return Call(owner=self.user.id, request_id="test")

    async def again(self, device: Device = LAPTOP, password: str = PASSWORD) -> "Visitor":
        """Begin another login session."""
        tokens = await self.userauth.login(NOBODY, Credentials(self.user.username, password), device)
        return Visitor(self.userauth, self.user, tokens)

    async def refresh(self, tokens: Tokens | None = None, device: Device = PHONE) -> Tokens:
        """Exchange a refresh token."""
        used = tokens or self.tokens
        return await self.userauth.refresh(self.call, used.session_id, refresh_id(used), device)

    async def sessions(self) -> Sequence[Session]:
        return await self.userauth.sessions(self.call)


class Userauth(Struct):
    """The service in an app of the test's own."""

    app: App

    @property
    def client(self) -> UserauthClient:
        return self.app.product.clients.userauth

    async def someone(self, name: str = "Ming", *, language: Language = "en", password: str = PASSWORD) -> Visitor:
        """Register and log in."""
        stranger = Call(owner=OwnerId(0), request_id="test", language=language)
        user = await self.client.register(stranger, Registration(name, password))
        tokens = await self.client.login(NOBODY, Credentials(name, password), PHONE)
        return Visitor(self.client, user, tokens)

    async def rows(self, table: Table) -> int:
        """Count the rows of a table."""
        async with self.app.product.host.database.read() as reader:
            return int(await reader.value(select(func.count()).select_from(table)))


def said(token: str) -> dict[str, Any]:
    """Read what a token says, trusting it."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def refresh_id(tokens: Tokens) -> TokenId:
    """Give the id of a refresh token."""
    return TokenId(UUID(said(tokens.refresh_token)["jti"]))
