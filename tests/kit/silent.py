"""The least brain there is: it says that there is no model. To be replaced by one that can do more."""

import re
from collections.abc import Iterator

from smartflow.client.llm import OFFLINE, AnswerRequest, Done, ModelUnavailable, Piece, Scene, TextPiece, Usage, User
from smartflow.shared.kernel.text import Language, Text

NO_MODEL = Text(
    zh="没有可用的语言模型，所以我现在回答不了。请在设置里配置一个模型，或稍后再试。",
    en="There is no language model to answer this: none is configured, or none can be reached right now.",
)
# Whoever asks for these shows the words to a person; the others want something that only a model makes.
_SPOKEN: frozenset[Scene] = frozenset({"route", "quick_task", "plan", "execute", "deliver"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


class SilentBrain:
    """Says that there is no model, in the language it was asked in."""

    def answer(self, request: AnswerRequest) -> Iterator[Piece]:
        """Say it.

        Raises:
            ModelUnavailable: What is asked for is no sentence to a person.
        """
        if request.output_schema is not None or request.scene not in _SPOKEN:
            raise ModelUnavailable
        # What was shown before the process died is not said again.
        rest = NO_MODEL.render(_language(request)).removeprefix(request.beginning)
        if rest:
            yield TextPiece(rest)
        yield Done(Usage(), OFFLINE, "stop")

    def takes(self, request: AnswerRequest) -> bool:
        """Tell that nothing is sure without rules."""
        del request
        return False

    def weighed(self, request: AnswerRequest, piece: Piece) -> Piece:
        """Take what a model says for what it is."""
        del request
        return piece


def _language(request: AnswerRequest) -> Language:
    said = next((message.content for message in reversed(request.messages) if isinstance(message, User)), "")
    return "zh" if len(_CHINESE.findall(said)) > len(_LATIN.findall(said)) else "en"
