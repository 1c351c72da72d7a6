"""The talk on pydantic-ai: the history of messages is stored as JSON before every step, and loaded again."""

import asyncio

from pydantic_ai import Agent, ModelMessagesTypeAdapter
from pydantic_ai.messages import ModelMessage
from scenario import FOLDER, WORDS, effect
from scripted import MODEL, hear

HISTORY = FOLDER / "history.json"
agent = Agent(MODEL)


@agent.tool_plain
def note(title: str) -> str:
    """Note something."""
    return effect(title)


def _keep(messages: list[ModelMessage]) -> None:
    written = HISTORY.with_suffix(".new")
    written.write_bytes(ModelMessagesTypeAdapter.dump_json(messages))
    written.replace(HISTORY)


async def main() -> None:
    """Play the talk, from its history if there is one."""
    history = ModelMessagesTypeAdapter.validate_json(HISTORY.read_bytes()) if HISTORY.exists() else None
    async with agent.iter(None if history else WORDS, message_history=history) as run:
        async for node in run:
            if Agent.is_model_request_node(node):
                _keep([*run.ctx.state.message_history, node.request])
                async with node.stream(run.ctx) as events:
                    async for event in events:
                        hear(event)
                _keep(run.ctx.state.message_history)


if __name__ == "__main__":
    asyncio.run(main())
