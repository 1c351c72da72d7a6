"""`/api/v1/user`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from smartflow.client.token import RefreshUsed, SessionEnded, TokenInvalid, Tokens, WrongToken
from smartflow.client.userauth import (
    Credentials,
    Device,
    PasswordChange,
    Registration,
    RegistrationClosed,
    Session,
    SessionNotFound,
    User,
    UserauthClient,
    UsernameTaken,
    UserPatch,
    WrongCredentials,
    WrongPassword,
    folded,
)
from smartflow.gateway import limits
from smartflow.gateway.call import Visitor
from smartflow.gateway.envelope import Ok
from smartflow.gateway.fields import NothingToUpdate, local
from smartflow.gateway.keys import Keys
from smartflow.gateway.limits import Limit, Limiter
from smartflow.gateway.route import OPEN, RAW, READ, WRITE, Table, delete, get, patch, post, put, table
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput, Refusal

Name = Annotated[str, Meta(min_length=1, max_length=45, examples=["ming"])]
Zone = Annotated[str, Meta(min_length=1, max_length=64, examples=["Asia/Shanghai"], extra_json_schema={"format": "zone"})]
Password = Annotated[str, Meta(min_length=1, max_length=256, examples=["correct horse"])]
Phone = Annotated[str, Meta(max_length=18)]
Buckets = tuple[tuple[Limit, str], ...]


class NewUser(Struct, frozen=True):
    """An account to be made; userauth holds it to all its rules at once, since what a password needs is the host's to say."""

    username: Annotated[str, Meta(examples=["ming"], extra_json_schema={"minLength": 1, "maxLength": 45})]
    password: Annotated[str, Meta(examples=["correct horse"], extra_json_schema={"minLength": 1, "maxLength": 256})]
    phone_number: Annotated[str, Meta(extra_json_schema={"maxLength": 18})] | None = None


class Login(Struct, frozen=True):
    """What a person logs in with."""

    username: Name
    password: Password


class RefreshForm(Struct, frozen=True):
    """The refresh token, under its name or its older one."""

    refresh_token: str | UnsetType = UNSET
    old_refresh_token: str | UnsetType = UNSET

    def token(self) -> str:
        """Give the token.

        Raises:
            InvalidInput: There is none.
        """
        found = self.refresh_token or self.old_refresh_token
        if isinstance(found, UnsetType) or not found:
            raise InvalidInput([FieldError("refresh_token", "required", "40004")])
        return found


class ChangedUser(Struct, frozen=True):
    """What changes of a person."""

    language: Literal["zh", "en"] | UnsetType = UNSET
    zone: Zone | UnsetType = UNSET
    phone_number: Phone | UnsetType | None = UNSET


class NewPassword(Struct, frozen=True):
    """A new password instead of the old one."""

    old_password: Password
    new_password: Password
    end_other_sessions: bool = True


class Proof(Struct, frozen=True):
    """The password, where something cannot be taken back."""

    password: Password


class UserId(Struct, frozen=True):
    """Whose account it is."""

    id: int


class TokensForm(Struct, frozen=True):
    """Tokens; both live for so many seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    session_id: UUID
    user_id: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme

    @classmethod
    def of(cls, tokens: Tokens) -> "TokensForm":
        """Hand tokens over."""
        lives = tokens.expires_in, tokens.refresh_expires_in
        return cls(tokens.access_token, tokens.refresh_token, *lives, tokens.session_id, tokens.user_id)


class UserForm(Struct, frozen=True):
    """A person as that person sees it."""

    id: int
    username: str
    phone_number: str | None
    language: Literal["zh", "en"]
    zone: str
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserForm":
        """Show a person."""
        return cls(user.id, user.username, user.phone_number, user.language, user.zone, local(user.created_at, user.zone))


class SessionForm(Struct, frozen=True):
    """A login session."""

    session_id: UUID
    created_at: datetime
    last_seen_at: datetime
    ip: str
    user_agent: str
    current: bool

    @classmethod
    def of(cls, session: Session, visitor: Visitor, call: Call) -> "SessionForm":
        """Show a session."""
        times = local(session.created_at, call.zone), local(session.last_seen_at, call.zone)
        return cls(session.id, *times, session.device.ip, session.device.user_agent, session.id == visitor.session)


class Erasing(Struct, frozen=True):
    """The account is gone; its data follow."""

    erasing: Literal[True] = True


class UserRoutes:
    """`/api/v1/user`."""

    def __init__(self, userauth: UserauthClient, keys: Keys, limiter: Limiter) -> None:
        self._userauth = userauth
        self._keys = keys
        self._limiter = limiter

    def routes(self) -> Table:
        """The table: method, path, what stands before it, refusals."""
        tokens = (TokenInvalid, RefreshUsed, WrongToken, SessionEnded)
        return table(
            "user",
            "/user",
            [
                post("/register", self.register, OPEN | RAW, refuses=(UsernameTaken, RegistrationClosed), counts=_registering),
                post("/login", self.login, OPEN | RAW, refuses=(WrongCredentials,), counts=_logging_in),
                post("/refresh-token", self.refresh, OPEN, refuses=tokens, counts=self._refreshing),
                post("/logout", self.logout, WRITE),
                get("/me", self.me, READ),
                patch("/me", self.update, WRITE, refuses=(NothingToUpdate,)),
                put("/password", self.change_password, WRITE | RAW, refuses=(WrongPassword,)),
                delete("/me", self.delete, WRITE | RAW, refuses=(WrongPassword,)),
                get("/sessions", self.sessions, READ),
                delete("/sessions", self.end_others, WRITE),
                delete("/sessions/{session_id}", self.end_session, WRITE, refuses=(SessionNotFound,)),
            ],
        )

    async def register(self, call: Call, data: NewUser) -> Ok[UserId]:
        """Make an account."""
        user = await self._userauth.register(call, Registration(data.username, data.password, data.phone_number))
        return Ok(UserId(user.id))

    async def login(self, call: Call, data: Login, visitor: Visitor) -> Ok[TokensForm]:
        """Begin a login session."""
        async with self._limiter.failures(folded(data.username)):
            tokens = await self._userauth.login(call, Credentials(data.username, data.password), _device(visitor))
        return Ok(TokensForm.of(tokens))

    async def refresh(self, call: Call, data: RefreshForm, visitor: Visitor) -> Ok[TokensForm]:
        """Exchange a refresh token for new tokens."""
        claims = await self._keys.refresher(data.token())
        if not await self._keys.lives(claims.session):
            raise SessionEnded
        mine = _of(call, claims.owner)
        return Ok(TokensForm.of(await self._userauth.refresh(mine, claims.session, claims.token, _device(visitor))))

    async def logout(self, call: Call, visitor: Visitor) -> Ok[None]:
        """End this login session."""
        await self._userauth.logout(call, _session(visitor))
        self._keys.end(_session(visitor))
        return Ok(None)

    async def me(self, call: Call) -> Ok[UserForm]:
        """Tell who I am."""
        return Ok(UserForm.of(await self._userauth.me(call)))

    async def update(self, call: Call, data: ChangedUser) -> Ok[UserForm]:
        """Change language, zone or phone number."""
        wanted = UserPatch(data.language, data.zone, data.phone_number)
        if wanted == UserPatch():
            raise NothingToUpdate
        user = await self._userauth.update(call, wanted)
        self._keys.forget(call.owner)
        return Ok(UserForm.of(user))

    async def change_password(self, call: Call, data: NewPassword, visitor: Visitor) -> Ok[None]:
        """Set a new password."""
        change = PasswordChange(data.old_password, data.new_password, _session(visitor), data.end_other_sessions)
        async with self._limiter.failures(await self._name(call)):
            await self._userauth.change_password(call, change)
        await self._keys.look_again()
        return Ok(None)

    async def delete(self, call: Call, data: Proof) -> Ok[Erasing]:
        """Delete the account and everything of it."""
        async with self._limiter.failures(await self._name(call)):
            await self._userauth.delete(call, data.password)
        await self._keys.look_again()
        self._keys.forget(call.owner)
        return Ok(Erasing())

    async def sessions(self, call: Call, visitor: Visitor) -> Ok[list[SessionForm]]:
        """List my login sessions."""
        return Ok([SessionForm.of(session, visitor, call) for session in await self._userauth.sessions(call)])

    async def end_others(self, call: Call, visitor: Visitor) -> Ok[None]:
        """End all other login sessions."""
        await self._userauth.end_others(call, _session(visitor))
        await self._keys.look_again()
        return Ok(None)

    async def end_session(self, call: Call, session_id: SessionId) -> Ok[None]:
        """End a login session."""
        await self._userauth.end_session(call, session_id)
        self._keys.end(session_id)
        return Ok(None)

    async def _refreshing(self, visitor: Visitor, data: RefreshForm) -> Buckets:
        """Count by login session; a token that names none counts as an unknown sender."""
        try:
            return ((limits.REFRESH, str((await self._keys.refresher(data.token())).session)),)
        except Refusal:
            return ((limits.OPEN, visitor.ip),)

    async def _name(self, call: Call) -> str:
        """Name whose password is checked, as logging in does: failures count together."""
        return folded((await self._userauth.me(call)).username)


async def _registering(visitor: Visitor, data: NewUser) -> Buckets:
    del data
    return ((limits.REGISTER, visitor.ip),)


async def _logging_in(visitor: Visitor, data: Login) -> Buckets:
    return (limits.LOGIN_IP, visitor.ip), (limits.LOGIN, f"{visitor.ip} {folded(data.username)}")


def _session(visitor: Visitor) -> SessionId:
    if visitor.session is None:
        raise SessionEnded
    return visitor.session


def _device(visitor: Visitor) -> Device:
    return Device(visitor.ip, visitor.user_agent)


def _of(call: Call, owner: OwnerId) -> Call:
    return replace(call, owner=owner)
