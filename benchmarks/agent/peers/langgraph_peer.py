"""The talk on LangGraph: a graph of model and tools, its checkpoints in SQLite, each written before the next step begins."""

import sys
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from scenario import FIRST, FOLDER, SECOND, TITLE, WORDS, effect, reach, show


class Scripted(BaseChatModel):
    """A model that plays the script."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *args: Any, **more: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages: list[BaseMessage], *args: Any, **more: Any) -> Iterator[ChatGenerationChunk]:
        del args, more
        second = any(isinstance(each, ToolMessage) for each in messages)
        if second:
            reach("after")
        for number, text in enumerate(SECOND if second else FIRST):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            if number == 0:
                reach("telling" if second else "saying")
        if not second:
            call = {"name": "note", "args": f'{{"title": "{TITLE}"}}', "id": "c1", "index": 0, "type": "tool_call_chunk"}
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[call]))


@tool
def note(title: str) -> str:
    """Note something."""
    return effect(title)


def main() -> None:
    """Play the talk, from its last checkpoint if there is one."""
    model = Scripted()
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([note]))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    with SqliteSaver.from_conn_string(str(FOLDER / "checkpoints.db")) as saver:
        talk = graph.compile(checkpointer=saver)
        config: Any = {"configurable": {"thread_id": "1"}}
        begun = bool(talk.get_state(config).next)
        said: Any = None if begun else {"messages": [("user", WORDS)]}
        for chunk, _ in talk.stream(said, config, stream_mode="messages", durability="sync"):
            if isinstance(chunk, AIMessageChunk) and chunk.content:
                show(str(chunk.content))


if __name__ == "__main__":
    sys.exit(main())
