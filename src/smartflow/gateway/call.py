"""Who asks: from the bearer token to the Call that every service gets."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from smartflow.client.token import TokenMissing
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from smartflow.shared.kernel.text import Language

NOBODY = OwnerId(0)


class Principal(Struct, frozen=True):
    """A person whose token was verified, with what they prefer."""

    owner: OwnerId
    session: SessionId
    language: Language
    zone: str


class Verifier(Protocol):
    """Verifies access tokens."""

    async def verify(self, token: str) -> Principal:
        """Tell who holds a token.

        Raises:
            Refusal: One of 40010 to 40012, 40014, 40016, 40017.
        """
        ...

    async def lives(self, session: SessionId) -> bool:
        """Tell whether a login session is still on, for streams that stay open."""
        ...


class Visitor(Struct, frozen=True):
    """What the edge knows of a request beside its input: where it comes from, and in which login session."""

    ip: str
    user_agent: str
    session: SessionId | None = None
    language: Language = "en"
    last_event: str = ""


def still_on(verifier: Verifier, visitor: Visitor) -> Callable[[], Awaitable[bool]]:
    """Make the question of a stream that stays open: whether its login session is still on."""

    async def lives() -> bool:
        return visitor.session is None or await verifier.lives(visitor.session)

    return lives


def bearer(authorization: str | None) -> str:
    """Take the token out of a header: `Bearer <token>`, or the bare token.

    Raises:
        TokenMissing: There is none.
    """
    token = (authorization or "").strip()
    scheme, _, rest = token.partition(" ")
    if scheme.lower() == "bearer":
        token = rest.strip()
    if not token or " " in token:
        raise TokenMissing
    return token


def preferred(accept_language: str | None) -> Language | None:
    """Choose zh or en as the header prefers; None if it names neither."""
    if not accept_language:
        return None
    best: tuple[float, Language] | None = None
    for part in accept_language.split(","):
        tag, _, rest = part.strip().partition(";")
        language: Language | None = "zh" if tag.lower().startswith("zh") else "en" if tag.lower().startswith("en") else None
        weight = _weight(rest)
        if language is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def call_of(principal: Principal | None, language: Language | None, request_id: str, now: datetime, within: timedelta | None) -> Call:
    """Make the Call of a request; without a principal nobody asks, in UTC."""
    return Call(
        owner=principal.owner if principal else NOBODY,
        request_id=request_id,
        language=language or (principal.language if principal else "en"),
        zone=principal.zone if principal else "UTC",
        deadline=now + within if within else None,
    )
