"""All frames: what a clause can mean. A row that stands earlier is taken where two fit equally well."""

from smartflow.services.llm.offline.frames.changing import CHANGING
from smartflow.services.llm.offline.frames.frame import Frame
from smartflow.services.llm.offline.frames.keeping import KEEPING
from smartflow.services.llm.offline.frames.looking import LOOKING

FRAMES: tuple[Frame, ...] = (*KEEPING, *CHANGING, *LOOKING)
