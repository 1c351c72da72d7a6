"""The brain that needs no model: what it has to be. It keeps nothing, and equal requests get equal pieces."""

from collections.abc import Iterator
from typing import Protocol

from smartflow.client.llm import AnswerRequest, Piece


class Brain(Protocol):
    """Answers by rules."""

    def answer(self, request: AnswerRequest) -> Iterator[Piece]:
        """Give the pieces of an answer, the last of which is `Done`: its model is `offline`, its usage zero.

        Raises:
            ModelUnavailable: What is asked cannot be done without a model, and nobody waits for words about that.
        """
        ...

    def takes(self, request: AnswerRequest) -> bool:
        """Tell whether rules alone are sure of the answer, so that no model need be asked (the fast path)."""
        ...

    def weighed(self, request: AnswerRequest, piece: Piece) -> Piece:
        """Give a piece of a model's answer, or what it is worth: a yes that it read into words with a but is none."""
        ...
