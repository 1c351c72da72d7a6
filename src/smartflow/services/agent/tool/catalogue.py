"""Every tool by its name."""

from collections.abc import Mapping

from smartflow.services.agent.model import Result
from smartflow.services.agent.tool import look, more, tasks, undo
from smartflow.services.agent.tool.arguments import AskUser
from smartflow.services.agent.tool.show import done_plain
from smartflow.services.agent.tool.tool import Instrument, Scene


async def _asked(scene: Scene, wanted: AskUser) -> Result:
    """A question is put by the engine, and answered by the person; it is never run."""
    del scene
    return done_plain({"reply": ""}, wanted.text)


_ASK = Instrument("ask_user", AskUser, "ask", "none", _asked)
_ALL = (*look.INSTRUMENTS, *tasks.INSTRUMENTS, *undo.INSTRUMENTS, *more.INSTRUMENTS, _ASK)
INSTRUMENTS: Mapping[str, Instrument] = {each.name: each for each in _ALL}
