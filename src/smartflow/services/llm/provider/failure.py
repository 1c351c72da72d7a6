"""What can go wrong with a call to a model."""

from typing import Literal, TypeAlias

# Nobody is there; too many requests; it failed; it wants none of this; no first piece in time; the stream broke off; it is left alone.
Kind: TypeAlias = Literal["away", "busy", "failed", "refused", "slow", "cut", "open"]
_SERVER = 500


class Failure(Exception):  # noqa: N818 - expected, and dealt with
    """A call came to no end. `said` are the server's words, for nobody's eyes: they may quote a person.

    `begun`: something came before. `worked`: the model was at it, so that it will be on the provider's bill.
    """

    def __init__(self, kind: Kind, *, status: int = 0, said: str = "", wait: float | None = None, begun: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status
        self.said = said
        self.wait = wait
        self.begun = begun

    @property
    def worked(self) -> bool:
        """Whether a model was at work when it happened."""
        return self.begun or self.kind == "slow"

    @property
    def may_pass(self) -> bool:
        """Whether the same call, made again in a moment, may well succeed."""
        return not self.begun and self.kind in {"away", "busy", "failed"}

    @property
    def tells_of_the_model(self) -> bool:
        """Whether it speaks against the model's state, and not against this one request."""
        return self.kind in {"away", "failed", "slow", "cut"} or self.status in {401, 403, 404}

    @property
    def is_refusal(self) -> bool:
        """Whether something that was sent may be what the server does not take."""
        return self.kind in {"refused", "failed"} and self.status not in {0, 401, 403}
