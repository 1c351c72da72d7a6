"""What accounts and login sessions do over time: pure decisions."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TypeVar

from msgspec import Struct, UnsetType
from msgspec.structs import replace

from smartflow.client.token import TokenId
from smartflow.client.userauth import Device, Registration, User, UserPatch
from smartflow.shared.calendar.zones import known_zone
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.refusal import FieldError, InvalidInput
from smartflow.shared.kernel.text import Language

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=7)
# Far longer than an access token lives: an open stream asks by this list whether it must end, and may have missed some rounds.
REVOCATION_KEPT = timedelta(days=1)
PARALLEL = timedelta(seconds=10)
LONGEST_USERNAME = 45
LONGEST_PASSWORD = 256
LONGEST_PHONE_NUMBER = 18
_LONGEST_IP = 45
_LONGEST_USER_AGENT = 255
_FIRST_ZONE = "Asia/Shanghai"
_UNWRITTEN = frozenset({"Cc", "Cs"})  # control signs, and halves of signs
T = TypeVar("T")


class Account(Struct, frozen=True):
    """A person, and what proves that it is that person."""

    user: User
    password: str


class Refresh(Struct, frozen=True):
    """A refresh token of a session: once rotated it has a successor; it is dead if it was a successor that nobody used."""

    id: TokenId
    session_id: SessionId
    expires_at: datetime
    rotated_at: datetime | None = None
    successor: TokenId | None = None
    dead: bool = False


class Verdict(Enum):
    """What happens to somebody who presents a refresh token."""

    ROTATE = auto()
    REFUSE = auto()
    END = auto()


def judge(token: Refresh | None, successor: Refresh | None, now: datetime) -> Verdict:
    """Say what a refresh token is worth, given the one that took its place."""
    if token is None:
        return Verdict.REFUSE
    if token.dead:
        return Verdict.END
    if token.rotated_at is None:
        return Verdict.ROTATE
    if now - token.rotated_at <= PARALLEL:
        return Verdict.REFUSE
    # The answer that carried an unused successor may have been lost; a used one means that two hold the same token.
    unused = successor is not None and successor.rotated_at is None
    return Verdict.ROTATE if unused else Verdict.END


def newcomer(registration: Registration, language: Language, now: datetime) -> User:
    """Make a person who has no id yet."""
    return User(OwnerId(0), registration.username.strip(), language, _FIRST_ZONE, now, _number(registration.phone_number))


def update(user: User, patch: UserPatch) -> User:
    """Apply a patch.

    Raises:
        InvalidInput: No such time zone, or a bad phone number.
    """
    zone, phone_number = _kept(patch.zone, user.zone), _number(_kept(patch.phone_number, user.phone_number))
    errors = [] if known_zone(zone) else [FieldError("zone", "enum")]
    errors += _phone_number_errors(phone_number)
    if errors:
        raise InvalidInput(errors)
    return replace(user, language=_kept(patch.language, user.language), zone=zone, phone_number=phone_number)


def check_registration(registration: Registration, shortest_password: int) -> None:
    """Hold a new account to the rules.

    Raises:
        InvalidInput: It breaks some.
    """
    errors = [
        *_word_errors("username", registration.username.strip(), LONGEST_USERNAME),
        *_password_errors("password", registration.password, shortest_password),
        *_phone_number_errors(_number(registration.phone_number)),
    ]
    if errors:
        raise InvalidInput(errors)


def check_password(field: str, password: str, shortest: int) -> None:
    """Hold a new password to the rules.

    Raises:
        InvalidInput: It breaks some.
    """
    errors = list(_password_errors(field, password, shortest))
    if errors:
        raise InvalidInput(errors)


def kept_of(device: Device) -> Device:
    """Cut what a device says of itself to what is worth keeping."""
    return Device(device.ip[:_LONGEST_IP], "".join(filter(str.isprintable, device.user_agent))[:_LONGEST_USER_AGENT])


def _password_errors(field: str, password: str, shortest: int) -> Iterator[FieldError]:
    # Its bytes are never shown or compared as text, so any will do.
    size = len(password.encode("utf-8", "surrogatepass"))
    if len(password) < shortest:
        yield FieldError(field, "length", facts={"min_length": shortest})
    if size > LONGEST_PASSWORD:
        yield FieldError(field, "length", code="40006", facts={"max_bytes": LONGEST_PASSWORD})


def _number(given: str | None) -> str | None:
    """Read a phone number; an empty one is none."""
    return (given or "").strip() or None


def _phone_number_errors(number: str | None) -> Iterator[FieldError]:
    if number is not None:
        yield from _word_errors("phone_number", number, LONGEST_PHONE_NUMBER)


def _word_errors(field: str, word: str, longest: int) -> Iterator[FieldError]:
    if not word:
        yield FieldError(field, "length", facts={"min_length": 1})
    elif any(unicodedata.category(sign) in _UNWRITTEN for sign in word):
        yield FieldError(field, "format", facts={"form": "printed"})
    elif len(word.encode()) > longest:
        yield FieldError(field, "length", code="40006", facts={"max_bytes": longest})


def _kept(new: T | UnsetType, old: T) -> T:
    return old if isinstance(new, UnsetType) else new
