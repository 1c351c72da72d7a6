"""Counts tokens, where no server has counted them yet or at all."""

import asyncio
from collections.abc import Mapping
from math import ceil
from typing import Any, Protocol

from smartflow.shared.kernel.codec import to_json

_VOCABULARY = "o200k_base"
_PER_MESSAGE = 4
_PER_PROMPT = 3
_BYTES = 3


class _Encoding(Protocol):
    def count(self, text: str) -> int:
        """Count the tokens of a text."""
        ...


class Counter:
    """Counts as the models of one widespread vocabulary do, which others differ from by some tenths at most.

    Until the vocabulary is loaded, or where it cannot be, a token is taken for three bytes of UTF-8: that is one Chinese
    character, or three letters, and counts somewhat too many.
    """

    def __init__(self) -> None:
        self._encoding: _Encoding | None = None

    async def load(self) -> None:
        """Load the vocabulary, away from the event loop: that takes the better part of a second."""
        if self._encoding is None:
            self._encoding = await asyncio.to_thread(_vocabulary)

    def count(self, text: str) -> int:
        """Count the tokens of a text."""
        if self._encoding is None:
            return ceil(len(text.encode(errors="replace")) / _BYTES)
        return self._encoding.count(text.encode(errors="replace").decode())

    def prompt(self, body: Mapping[str, Any]) -> int:
        """Count the prompt that a request's body will be: every message with its frame, and the tools."""
        counted = sum(_PER_MESSAGE + self._message(each) for each in body["messages"])
        rest = [to_json(body[name]).decode() for name in ("tools", "response_format") if name in body]
        return counted + _PER_PROMPT + sum(self.count(each) for each in rest)

    def _message(self, message: Mapping[str, Any]) -> int:
        calls = to_json(message["tool_calls"]).decode() if "tool_calls" in message else ""
        return self.count(message["content"] or "") + (self.count(calls) if calls else 0)


def _vocabulary() -> _Encoding | None:
    # Not at the top: whoever configures no model never needs it, and it has no wheel for every machine.
    try:
        import quicktok

        found: _Encoding = quicktok.get_encoding(_VOCABULARY)
    except (ImportError, RuntimeError, OSError):
        return None
    return found
