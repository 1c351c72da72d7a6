"""Idempotency over HTTP: the header becomes the Call's key, the request its fingerprint."""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from smartflow.shared.kernel.refusal import Refusal
from smartflow.shared.kernel.text import Text

HEADER = "x-idempotency-key"
_FORM = re.compile(r"[\x21-\x7e]{1,128}")
_LONGEST = 255


class KeyMissing(Refusal):
    """The route wants an idempotency key, of a certain form."""

    status, code = 400, "40037"
    text = Text(
        zh="缺少 X-Idempotency-Key，或格式不对（1 到 128 个可见 ASCII 字符）。",
        en="X-Idempotency-Key is missing or malformed (1 to 128 visible ASCII characters).",
    )


def effect_key(method: str, route: str, header: str | None) -> str:
    """Make the key of an effect; its scope is method and route (and, in the effects table, the owner).

    Raises:
        KeyMissing: The header is missing or malformed.
    """
    if header is None or not _FORM.fullmatch(header):
        raise KeyMissing
    key = f"{method} {route} {header}"
    return key if len(key) <= _LONGEST else f"{method} {hashlib.sha256(key.encode()).hexdigest()}"


def fingerprint(path: str, query: Sequence[tuple[str, str]], body: object) -> str:
    """Hash what was asked: path, sorted query and canonical body (plain JSON, or parts of names and bytes)."""
    canonical = msgspec.json.encode((path, sorted(query), body), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()
