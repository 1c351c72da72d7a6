"""Notes, for whoever made the request, which of its keyed steps were answered from a stored result."""

from smartflow.shared.kernel.call import REPLAYS, Call


def note(call: Call | None, *, replayed: bool) -> None:
    """Note one step, if it is keyed and somebody counts."""
    replays = REPLAYS.get()
    if replays is not None and call is not None and call.key is not None:
        replays.record(replayed=replayed)
