"""The tool that reads the rest of an earlier result: what was too long to be told at once."""

from smartflow.client.llm import Tool
from smartflow.services.agent.context.telling import parts
from smartflow.services.agent.model import Result
from smartflow.services.agent.tool import texts
from smartflow.services.agent.tool.arguments import ReadMore
from smartflow.services.agent.tool.results import Part
from smartflow.services.agent.tool.show import refused
from smartflow.services.agent.tool.tool import Instrument, Scene
from smartflow.shared.kernel.codec import plain


async def read_more(scene: Scene, wanted: ReadMore) -> Result:
    """Give a part of what a tool gave earlier in this conversation, as it stood there."""
    found = next((each for each in reversed(scene.said) if isinstance(each, Tool) and each.call_id == wanted.handle), None)
    if found is None:
        return refused("no_result", texts.NO_RESULT, scene)
    whole = parts(found.content)
    if wanted.part > len(whole):
        return refused("no_part", texts.NO_PART, scene)
    facts = Part(wanted.handle, wanted.part, len(whole))
    content = f"{wanted.handle}, part {wanted.part} of {len(whole)}: {whole[wanted.part - 1]}"
    title = texts.PART.render(scene.call.language, part=wanted.part, parts=len(whole))
    return Result(status="done", value=plain(facts), content=content, title=title)


INSTRUMENTS = (Instrument("read_more", ReadMore, "read", "none", read_more),)
