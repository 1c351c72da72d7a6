"""People and their login sessions, as other parts may know them."""

import unicodedata
from datetime import datetime
from typing import ClassVar, Protocol

from msgspec import UNSET, Struct, UnsetType

from smartflow.client.token import KeySet, Revocation, TokenId, Tokens, Unprinted
from smartflow.shared.events.event import Event
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Language, Text


def folded(username: str) -> str:
    """Reduce a username to what is compared: width, composition and case do not tell two people apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold()).strip()


class User(Struct, frozen=True):
    """A person with an account."""

    id: OwnerId
    username: str
    language: Language
    zone: str
    created_at: datetime
    phone_number: str | None = None


class Registration(Unprinted, frozen=True):
    """An account to be made; its language is the call's."""

    username: str
    password: str
    phone_number: str | None = None


class Credentials(Unprinted, frozen=True):
    """What a person logs in with."""

    username: str
    password: str


class UserPatch(Struct, frozen=True):
    """What changes: an absent member stays, None clears the phone number."""

    language: Language | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    phone_number: str | UnsetType | None = UNSET


class PasswordChange(Unprinted, frozen=True):
    """A new password instead of the old one, asked for in a login session; the other sessions end, or stay."""

    old: str
    new: str
    session_id: SessionId
    end_others: bool = True


class Device(Struct, frozen=True):
    """Where a login session is used from."""

    ip: str
    user_agent: str


class Session(Struct, frozen=True):
    """A login session: it lives as long as it is refreshed."""

    id: SessionId
    created_at: datetime
    last_seen_at: datetime
    device: Device


class WrongCredentials(Refusal):
    """No such user, or not that user's password; not told apart."""

    status, code = 401, "40007"
    text = Text(zh="用户名或密码错误。", en="Wrong username or password.")


class RegistrationClosed(Refusal):
    """This host makes no accounts for strangers."""

    status, code = 403, "40301"
    text = Text(zh="此服务器不开放注册。", en="Registration is closed on this server.")


class WrongPassword(Refusal):
    """The current password is another one."""

    status, code = 403, "40302"
    text = Text(zh="当前密码不正确。", en="The current password is wrong.")


class SessionNotFound(Refusal):
    """The person has no such login session."""

    status, code = 404, "40405"
    text = Text(zh="没有这个登录会话。", en="There is no such login session.")


class UsernameTaken(Refusal):
    """Somebody has that name."""

    status, code = 409, "40003"
    text = Text(zh="用户名已被使用。", en="This username is taken.")


class UserDeleted(Event, frozen=True):
    """An account was deleted: every service erases what it has of that person."""

    kind: ClassVar[str] = "user.deleted"
    publisher: ClassVar[str] = "userauth"
    outlives: ClassVar[bool] = True


class SessionsEnded(Event, frozen=True):
    """Login sessions ended before their time."""

    kind: ClassVar[str] = "user.sessions_ended"
    publisher: ClassVar[str] = "userauth"

    session_ids: tuple[SessionId, ...]


class UserauthClient(Protocol):
    """Asks userauth. `register` and `login` are for anybody: they look at no owner and at no key."""

    async def register(self, call: Call, registration: Registration) -> User:
        """Make an account for a stranger.

        Raises:
            RegistrationClosed: The host makes none.
            InvalidInput: The name or the password breaks a rule.
            UsernameTaken: Somebody has that name, or was a moment faster.
        """
        ...

    async def login(self, call: Call, credentials: Credentials, device: Device) -> Tokens:
        """Begin a login session.

        Raises:
            WrongCredentials: No such user, or not that user's password.
        """
        ...

    async def refresh(self, call: Call, session_id: SessionId, token_id: TokenId, device: Device) -> Tokens:
        """Exchange a refresh token, verified by the caller, for new tokens; one of several callers wins.

        Raises:
            RefreshUsed: Another caller was faster.
            SessionEnded: The session has ended, or ends because this token comes a second time.
        """
        ...

    async def logout(self, call: Call, session_id: SessionId) -> None:
        """End a login session; one that has ended already is no refusal."""
        ...

    async def me(self, call: Call) -> User:
        """Give the person.

        Raises:
            AccountGone: The account was deleted.
        """
        ...

    async def update(self, call: Call, patch: UserPatch) -> User:
        """Change what is known of the person.

        Raises:
            AccountGone: The account was deleted.
            InvalidInput: No such time zone, or the phone number is too long.
        """
        ...

    async def change_password(self, call: Call, change: PasswordChange) -> None:
        """Set a new password.

        Raises:
            WrongPassword: The old one is another.
            InvalidInput: The new one breaks a rule.
            AccountGone: The account was deleted.
        """
        ...

    async def delete(self, call: Call, password: str) -> None:
        """Delete the account: its name is free and its sessions are over at once, every service erases the rest.

        Raises:
            WrongPassword: The password is another.
            AccountGone: It was deleted already.
        """
        ...

    async def sessions(self, call: Call) -> tuple[Session, ...]:
        """List the login sessions, the one seen last first."""
        ...

    async def end_session(self, call: Call, session_id: SessionId) -> None:
        """End a login session.

        Raises:
            SessionNotFound: The person has no such session.
        """
        ...

    async def end_others(self, call: Call, session_id: SessionId) -> None:
        """End all login sessions but one."""
        ...

    async def keys(self, call: Call) -> KeySet:
        """Give what verifies tokens."""
        ...

    async def revocations(self, call: Call) -> tuple[Revocation, ...]:
        """List the login sessions whose tokens are to be refused though their time is not over."""
        ...

    async def add_user(self, call: Call, registration: Registration) -> User:
        """Make an account for the operator, whether registration is open or not.

        Raises:
            InvalidInput: The name or the password breaks a rule.
            UsernameTaken: Somebody has that name.
        """
        ...

    async def users(self, call: Call, after: OwnerId, limit: int) -> tuple[User, ...]:
        """List people by id, for the operator: at most `limit` of those after an id."""
        ...

    async def set_password(self, call: Call, username: str, password: str) -> User | None:
        """Set a password for the operator and end the person's sessions; None if nobody has that name.

        Raises:
            InvalidInput: The password breaks a rule.
        """
        ...

    async def delete_user(self, call: Call, username: str) -> User | None:
        """Delete an account for the operator; None if nobody has that name."""
        ...

    async def rotate_keys(self, call: Call) -> KeySet:
        """Sign with a new key from now on; the old one verifies while its tokens live.

        Raises:
            InvalidInput: The keys come from settings, where they are to be changed.
        """
        ...
