"""The use cases of accounts and login sessions."""

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from smartflow.client.token import KeySet, RefreshUsed, Revocation, SessionEnded, TokenId, Tokens
from smartflow.client.userauth import (
    Credentials,
    Device,
    PasswordChange,
    Registration,
    RegistrationClosed,
    Session,
    SessionNotFound,
    SessionsEnded,
    User,
    UserDeleted,
    UsernameTaken,
    UserPatch,
    WrongCredentials,
    WrongPassword,
)
from smartflow.services.userauth import model, repository
from smartflow.services.userauth.model import Account, Refresh, Verdict
from smartflow.services.userauth.passwords import Passwords
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.services.userauth.tokens import SEED, Grant, Keyring
from smartflow.shared.database import erased
from smartflow.shared.database.database import Database
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.database.unit import Unit
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import Entropy, OwnerId, SessionId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput


class UserauthService:
    """Accounts, passwords and login sessions. Serves `client.userauth.UserauthClient`."""

    def __init__(self, database: Database, passwords: Passwords, keyring: Keyring, entropy: Entropy, settings: UserauthSettings) -> None:
        self._database = database
        self._passwords = passwords
        self._keyring = keyring
        self._entropy = entropy
        self._settings = settings

    async def register(self, call: Call, registration: Registration) -> User:
        """Make an account for a stranger.

        Raises:
            RegistrationClosed: The host makes none.
            InvalidInput: The name or the password breaks a rule.
            UsernameTaken: Somebody has that name, or was a moment faster.
        """
        if self._settings.open_registration is False:
            raise RegistrationClosed
        return await self.add_user(call, registration)

    async def add_user(self, call: Call, registration: Registration) -> User:
        """Make an account for the operator, whether registration is open or not.

        Raises:
            InvalidInput: The name or the password breaks a rule.
            UsernameTaken: Somebody has that name.
        """
        model.check_registration(registration, self._settings.shortest_password)
        async with self._database.read() as reader:
            if await repository.named(reader, call.owner, registration.username) is not None:
                raise UsernameTaken
        hashed = await self._passwords.hash(registration.password)
        try:
            async with self._database.work() as unit:
                user = model.newcomer(registration, call.language, unit.now)
                return replace(user, id=await repository.add(unit, call.owner, Account(user, hashed)))
        except IntegrityError as error:
            raise UsernameTaken from error

    async def login(self, call: Call, credentials: Credentials, device: Device) -> Tokens:
        """Begin a login session.

        Raises:
            WrongCredentials: No such user, or not that user's password.
        """
        async with self._database.read() as reader:
            account = await repository.named(reader, call.owner, credentials.username)
        right = await self._passwords.fits(credentials.password, account.password if account else None)
        if account is None or not right:
            raise WrongCredentials
        owner = account.user.id
        async with self._database.work() as unit:
            # Meanwhile the account may have been deleted, or its password changed.
            current = await repository.take(unit, owner)
            if current is None or current.password != account.password:
                raise WrongCredentials
            session = Session(SessionId(self._entropy.uuid()), unit.now, unit.now, model.kept_of(device))
            token = Refresh(TokenId(self._entropy.uuid()), session.id, unit.now + model.REFRESH_LIFE)
            await repository.begin(unit, owner, session, token)
            return self._keyring.tokens(Grant(owner, session.id, token.id), unit.now, self._entropy)

    async def refresh(self, call: Call, session_id: SessionId, token_id: TokenId, device: Device) -> Tokens:
        """Exchange a refresh token, verified by the caller, for new tokens; one of several callers wins.

        Raises:
            RefreshUsed: Another caller was faster.
            SessionEnded: The session has ended, or ends because this token comes a second time.
        """
        async with self._database.work() as unit:
            if session_id not in await repository.take_sessions(unit, call.owner):
                raise SessionEnded
            token = await repository.take_token(unit, call.owner, token_id)
            successor = await repository.take_token(unit, call.owner, token.successor) if token and token.successor else None
            verdict = model.judge(token, successor, unit.now)
            if token is not None and verdict is Verdict.ROTATE:
                await repository.seen(unit, call.owner, session_id, model.kept_of(device), unit.now + model.REFRESH_LIFE)
                return await self._rotate(unit, call.owner, token, successor)
            if verdict is Verdict.END:
                await self._end(unit, call.owner, [session_id])
        # An ended session stays ended: this refusal comes after the commit.
        raise SessionEnded if verdict is Verdict.END else RefreshUsed

    async def logout(self, call: Call, session_id: SessionId) -> None:
        """End a login session; one that has ended already is no refusal."""
        async with self._database.work() as unit:
            if session_id in await repository.take_sessions(unit, call.owner):
                await self._end(unit, call.owner, [session_id])

    async def me(self, call: Call) -> User:
        """Give the person.

        Raises:
            AccountGone: The account was deleted.
        """
        async with self._database.read() as reader:
            return _there(await repository.account(reader, call.owner)).user

    async def update(self, call: Call, patch: UserPatch) -> User:
        """Change what is known of the person.

        Raises:
            AccountGone: The account was deleted.
            InvalidInput: No such time zone, or the phone number is too long.
        """
        async with self._database.work(call) as unit:
            user = model.update(_there(await repository.take(unit, call.owner)).user, patch)
            await repository.save(unit, call.owner, user)
            return unit.answer(user)

    async def change_password(self, call: Call, change: PasswordChange) -> None:
        """Set a new password.

        Raises:
            WrongPassword: The old one is another.
            InvalidInput: The new one breaks a rule.
            AccountGone: The account was deleted.
        """
        model.check_password("new_password", change.new, self._settings.shortest_password)
        account = await self._proven(call, change.old)
        hashed = await self._passwords.hash(change.new)
        async with self._database.work() as unit:
            await _unchanged(unit, call, account)
            await repository.set_password(unit, call.owner, hashed)
            if change.end_others:
                await self._end(unit, call.owner, await _others(unit, call.owner, change.session_id))

    async def delete(self, call: Call, password: str) -> None:
        """Delete the account: its name is free and its sessions are over at once, every service erases the rest.

        Raises:
            WrongPassword: The password is another.
            AccountGone: It was deleted already.
        """
        account = await self._proven(call, password)
        async with self._database.work() as unit:
            await _unchanged(unit, call, account)
            await self._erase(unit, call.owner)

    async def sessions(self, call: Call) -> tuple[Session, ...]:
        """List the login sessions, the one seen last first."""
        async with self._database.read() as reader:
            return await repository.sessions_of(reader, call.owner)

    async def end_session(self, call: Call, session_id: SessionId) -> None:
        """End a login session.

        Raises:
            SessionNotFound: The person has no such session.
        """
        async with self._database.work() as unit:
            if session_id not in await repository.take_sessions(unit, call.owner):
                raise SessionNotFound
            await self._end(unit, call.owner, [session_id])

    async def end_others(self, call: Call, session_id: SessionId) -> None:
        """End all login sessions but one."""
        async with self._database.work() as unit:
            await self._end(unit, call.owner, await _others(unit, call.owner, session_id))

    async def keys(self, call: Call) -> KeySet:
        """Give what verifies tokens."""
        del call
        return self._keyring.keys()

    async def revocations(self, call: Call) -> tuple[Revocation, ...]:
        """List the login sessions whose tokens are to be refused though their time is not over."""
        async with self._database.read() as reader:
            return await repository.revoked(reader, call.owner)

    async def users(self, call: Call, after: OwnerId, limit: int) -> tuple[User, ...]:
        """List people by id, for the operator: at most `limit` of those after an id."""
        del call
        async with self._database.read() as reader:
            return await repository.everybody(reader, after, limit)

    async def set_password(self, call: Call, username: str, password: str) -> User | None:
        """Set a password for the operator and end the person's sessions; None if nobody has that name.

        Raises:
            InvalidInput: The password breaks a rule.
        """
        model.check_password("password", password, self._settings.shortest_password)
        hashed = await self._passwords.hash(password)
        async with self._database.work() as unit:
            account = await repository.named(unit, call.owner, username)
            if account is None:
                return None
            await repository.set_password(unit, account.user.id, hashed)
            await self._end(unit, account.user.id, await repository.take_sessions(unit, account.user.id))
            return account.user

    async def delete_user(self, call: Call, username: str) -> User | None:
        """Delete an account for the operator; None if nobody has that name."""
        async with self._database.work() as unit:
            account = await repository.named(unit, call.owner, username)
            if account is None:
                return None
            await self._erase(unit, account.user.id)
            return account.user

    async def rotate_keys(self, call: Call) -> KeySet:
        """Sign with a new key from now on; the old one verifies while its tokens live.

        Raises:
            InvalidInput: The keys come from settings, where they are to be changed.
        """
        del call
        if self._keyring.fixed:
            raise InvalidInput([FieldError("userauth.signing_keys", "fixed")])
        self._keyring.rotate(self._entropy.secret(SEED))
        return self._keyring.keys()

    async def _proven(self, call: Call, password: str) -> Account:
        async with self._database.read() as reader:
            account = _there(await repository.account(reader, call.owner))
        if not await self._passwords.fits(password, account.password):
            raise WrongPassword
        return account

    async def _rotate(self, unit: Unit, owner: OwnerId, token: Refresh, successor: Refresh | None) -> Tokens:
        if successor is not None:
            await repository.save_token(unit, owner, replace(successor, dead=True))
        fresh = Refresh(TokenId(self._entropy.uuid()), token.session_id, unit.now + model.REFRESH_LIFE)
        await repository.add_token(unit, owner, fresh)
        await repository.save_token(unit, owner, replace(token, rotated_at=unit.now, successor=fresh.id))
        return self._keyring.tokens(Grant(owner, token.session_id, fresh.id), unit.now, self._entropy)

    async def _erase(self, unit: Unit, owner: OwnerId) -> None:
        await self._end(unit, owner, await repository.take_sessions(unit, owner), account_gone=True)
        await repository.remove(unit, owner)
        await erased.remember(unit, owner)
        unit.publish(UserDeleted(owner))

    async def _end(self, unit: Unit, owner: OwnerId, sessions: Iterable[SessionId], *, account_gone: bool = False) -> None:
        until = unit.now + model.REVOCATION_KEPT
        ended = tuple(sessions)
        if not ended:
            return
        await repository.end(unit, owner, ended, tuple(Revocation(each, until, account_gone) for each in ended))
        if not account_gone:  # the end of an account has a fact of its own
            unit.publish(SessionsEnded(owner, ended))


def _there(account: Account | None) -> Account:
    if account is None:
        raise AccountGone
    return account


async def _unchanged(unit: Unit, call: Call, account: Account) -> None:
    """Make sure, inside the unit, that the password is still the one that was proven."""
    if _there(await repository.take(unit, call.owner)).password != account.password:
        raise WrongPassword


async def _others(unit: Unit, owner: OwnerId, session_id: SessionId) -> list[SessionId]:
    return [each for each in await repository.take_sessions(unit, owner) if each != session_id]
