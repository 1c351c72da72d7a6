"""The brain without a model: rules that read requests, call tools as a model does, and reply by template."""

from collections.abc import Iterator
from typing import Protocol

from smartflow.client.llm import AnswerRequest, Piece


class Brain(Protocol):
    """Answers without a model: a pure function of the request, whose last piece is `Done`."""

    def answer(self, request: AnswerRequest) -> Iterator[Piece]:
        """Give the pieces of the answer; equal requests get equal pieces."""
        ...
