"""Whether what is to be deleted is a whole category, or very much: then a yes in advance is not enough. Pure."""

from collections.abc import Iterator, Sequence

from smartflow.client.llm import Assistant, Tool, ToolCall, User
from smartflow.services.agent.engine.fold import State
from smartflow.services.agent.model import Call

MOST_REMOVED = 50
_REMOVES = frozenset({"delete_task"})
_LISTS = {"query_tasks": "tasks", "query_range": "entries"}


def removes(call: ToolCall) -> bool:
    """Tell whether a call takes things away."""
    return call.name in _REMOVES


def removes_much(state: State, waiting: Sequence[Call]) -> bool:
    """Tell whether an answer takes away all that a list of this conversation showed, be it in one call or one by one."""
    gone = set(_refs([each.call for each in waiting])) | set(_refs(_called(state)))
    return len(gone) > MOST_REMOVED or any(len(listed) > 1 and gone >= listed for listed in _lists(state))


def _called(state: State) -> Iterator[ToolCall]:
    """Give what was called for since the person last spoke."""
    for each in reversed(state.messages):
        if isinstance(each, User):
            return
        if isinstance(each, Assistant):
            yield from each.calls


def _refs(calls: Sequence[ToolCall] | Iterator[ToolCall]) -> Iterator[str]:
    for call in calls:
        if removes(call):
            yield from map(str, call.arguments.get("refs") or ())


def _lists(state: State) -> Iterator[set[str]]:
    for each in state.messages:
        if isinstance(each, Tool) and each.name in _LISTS and each.result.get("status") == "done":
            yield {str(thing["ref"]) for thing in each.result["value"][_LISTS[each.name]]}
