"""Accounts and login sessions as rows; what is known by owner is scoped by owner."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from smartflow.client.token import Revocation, TokenId
from smartflow.client.userauth import Device, Session, User, folded
from smartflow.services.userauth.model import Account, Refresh
from smartflow.services.userauth.tables import refreshes, revocations, sessions, users
from smartflow.shared.database.unit import Read, Unit
from smartflow.shared.kernel.ids import OwnerId, SessionId


async def add(unit: Unit, nobody: OwnerId, account: Account) -> OwnerId:
    """Insert an account; gives its id."""
    del nobody
    user = account.user
    values = {
        "username": user.username,
        "folded": folded(user.username),
        "password": account.password,
        "phone_number": user.phone_number,
        "language": user.language,
        "zone": user.zone,
        "created_at": user.created_at,
    }
    return OwnerId(await unit.insert(users, values))


async def named(reader: Read, nobody: OwnerId, username: str) -> Account | None:
    """Find an account by its name, folded."""
    del nobody
    row = await reader.first(select(users).where(users.c.folded == folded(username)))
    return None if row is None else _account(row)


async def account(reader: Read, owner: OwnerId) -> Account | None:
    """Load an account."""
    row = await reader.first(select(users).where(users.c.id == owner))
    return None if row is None else _account(row)


async def take(unit: Unit, owner: OwnerId) -> Account | None:
    """Load an account and lock its row."""
    row = await unit.first(select(users).where(users.c.id == owner).with_for_update())
    return None if row is None else _account(row)


async def everybody(reader: Read, after: OwnerId, limit: int) -> tuple[User, ...]:
    """List people by id."""
    rows = await reader.all(select(users).where(users.c.id > after).order_by(users.c.id).limit(limit))
    return tuple(_account(row).user for row in rows)


async def save(unit: Unit, owner: OwnerId, user: User) -> None:
    """Write what is known of a person."""
    values = {"language": user.language, "zone": user.zone, "phone_number": user.phone_number}
    await unit.run(update(users).where(users.c.id == owner).values(**values))


async def set_password(unit: Unit, owner: OwnerId, hashed: str) -> None:
    """Write a new password's hash."""
    await unit.run(update(users).where(users.c.id == owner).values(password=hashed))


async def remove(unit: Unit, owner: OwnerId) -> None:
    """Delete an account and all that hangs on it; its name is free."""
    for table in (refreshes, sessions):
        await unit.run(delete(table).where(table.c.user_id == owner))
    await unit.run(delete(users).where(users.c.id == owner))


async def begin(unit: Unit, owner: OwnerId, session: Session, token: Refresh) -> None:
    """Insert a login session and its first refresh token."""
    row = {"id": session.id, "user_id": owner, "ip": session.device.ip, "user_agent": session.device.user_agent}
    times = {"created_at": session.created_at, "last_seen_at": session.last_seen_at, "expires_at": token.expires_at}
    await unit.run(sessions.insert(), row | times)
    await add_token(unit, owner, token)


async def add_token(unit: Unit, owner: OwnerId, token: Refresh) -> None:
    """Insert a refresh token."""
    row = {"id": token.id, "session_id": token.session_id, "user_id": owner, "expires_at": token.expires_at, "dead": token.dead}
    await unit.run(refreshes.insert(), row)


async def take_token(unit: Unit, owner: OwnerId, token_id: TokenId) -> Refresh | None:
    """Load a refresh token and lock it: of several callers one goes first."""
    row = await unit.first(select(refreshes).where(refreshes.c.user_id == owner, refreshes.c.id == token_id).with_for_update())
    if row is None:
        return None
    successor = None if row.successor is None else TokenId(row.successor)
    return Refresh(TokenId(row.id), SessionId(row.session_id), row.expires_at, row.rotated_at, successor, row.dead)


async def save_token(unit: Unit, owner: OwnerId, token: Refresh) -> None:
    """Write what became of a refresh token."""
    values = {"rotated_at": token.rotated_at, "successor": token.successor, "dead": token.dead}
    await unit.run(update(refreshes).where(refreshes.c.user_id == owner, refreshes.c.id == token.id).values(**values))


async def seen(unit: Unit, owner: OwnerId, session_id: SessionId, device: Device, expires_at: datetime) -> None:
    """Note that a session goes on, and from where."""
    values = {"last_seen_at": unit.now, "expires_at": expires_at, "ip": device.ip, "user_agent": device.user_agent}
    await unit.run(update(sessions).where(sessions.c.user_id == owner, sessions.c.id == session_id).values(**values))


async def sessions_of(reader: Read, owner: OwnerId) -> tuple[Session, ...]:
    """List the login sessions that live, the one seen last first."""
    mine = select(sessions).where(sessions.c.user_id == owner, sessions.c.expires_at > reader.now)
    rows = await reader.all(mine.order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc()))
    return tuple(Session(SessionId(row.id), row.created_at, row.last_seen_at, Device(row.ip, row.user_agent)) for row in rows)


async def take_sessions(unit: Unit, owner: OwnerId) -> tuple[SessionId, ...]:
    """List the ids of the login sessions that live, and lock them: what ends is ended once."""
    mine = select(sessions.c.id).where(sessions.c.user_id == owner, sessions.c.expires_at > unit.now)
    return tuple(SessionId(row.id) for row in await unit.all(mine.order_by(sessions.c.id).with_for_update()))


async def end(unit: Unit, owner: OwnerId, ended: tuple[SessionId, ...], revoked: tuple[Revocation, ...]) -> None:
    """Delete login sessions, and keep on record that their tokens are to be refused."""
    await unit.run(delete(refreshes).where(refreshes.c.user_id == owner, refreshes.c.session_id.in_(ended)))
    await unit.run(delete(sessions).where(sessions.c.user_id == owner, sessions.c.id.in_(ended)))
    rows = [{"session_id": each.session_id, "user_id": owner, "account_gone": each.account_gone, "until": each.until} for each in revoked]
    if rows:
        await unit.run(revocations.insert(), rows)


async def revoked(reader: Read, nobody: OwnerId) -> tuple[Revocation, ...]:
    """List the sessions of anybody that ended before their tokens did."""
    del nobody
    rows = await reader.all(select(revocations).where(revocations.c.until > reader.now))
    return tuple(Revocation(SessionId(row.session_id), row.until, row.account_gone) for row in rows)


def _account(row: Row[Any]) -> Account:
    user = User(OwnerId(row.id), row.username, row.language, row.zone, row.created_at, row.phone_number)
    return Account(user, row.password)
