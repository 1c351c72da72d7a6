"""What a model is told of a result: all of it, or a part and the handle by which it reads the others. Pure."""

from functools import lru_cache

from smartflow.services.agent.context.size import fits, head, marked, tokens

TOLD = 1_200
"""What one result takes at most, in tokens."""
_PART = TOLD - 24  # its mark included, beside what is said of it
# Who goes on from results is told the same ones with every request.
_KNOWN, _KNOWN_SHORT = 256, 2048


@lru_cache(_KNOWN)
def told(text: str, handle: str) -> tuple[str, int]:
    """Tell a result, or the first part of it; gives it with what it takes."""
    if fits(text, TOLD):
        return _counted(marked(text))
    found = parts(text)
    return _counted(f"{marked(found[0])} (part 1 of {len(found)}; read_more with handle {handle} gives the others)")


def shortened(most: int, text: str, handle: str) -> tuple[str, int]:
    """Tell as much of a result as goes into less room; gives it with what it takes."""
    return _shortened(most, text[: most * 4 + 1], handle)  # what comes after makes no difference


def parts(text: str) -> tuple[str, ...]:
    """Part a text into pieces that can each be told."""
    found, at = list[str](), 0
    while at < len(text):
        found.append(head(text[at : at + _PART * 4], _PART))
        at += len(found[-1])
    return tuple(found) or ("",)


@lru_cache(_KNOWN_SHORT)
def _shortened(most: int, text: str, handle: str) -> tuple[str, int]:
    if fits(text, most):
        return _counted(marked(text))
    more = f" (cut; read_more with handle {handle} gives all)"
    return _counted(marked(head(text, most - tokens(more))) + more)


def _counted(text: str) -> tuple[str, int]:
    return text, tokens(text)
