"""Golden traces: an example's log and frames without ids and times, kept in the repository and compared."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from smartflow.services.agent.tables import log
from tests.kit.app import App
from tests.kit.talking import Talk

FOLDER = Path(__file__).resolve().parent.parent / "flow" / "traces"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBERED = re.compile(
    r'(?P<kind>id|task|event_id|term_id|change|change_id)(?P<mark>\\*": ?|:)(?P<number>[0-9]+)|(?P<ref>course|item|event):(?P<of>[0-9]+)'
)
_UNTOLD = {"id", "created", "model", "object", "expires_at"}
_COUNTED = {"prompt_tokens", "completion_tokens", "total_tokens"}


async def trace(app: App, talks: list[Talk]) -> list[str]:
    """Give a conversation's log and the frames of its answers, one a line."""
    async with app.product.host.database.read() as reader:
        mine = select(log).where(log.c.conversation_id == UUID(talks[0].conversation)).order_by(log.c.pos)
        rows = [
            {"row": row.pos, "seq": row.seq, "kind": row.kind, "block": row.block, "stage": row.stage, "payload": json.loads(row.payload)}
            for row in await reader.all(mine)
        ]
    told = [{"answer": number, "frame": _bare(frame)} for number, talk in enumerate(talks, 1) for frame in talk.frames]
    lines = [json.dumps(_bare(each), ensure_ascii=False) for each in [*rows, *told]]
    return _renumbered("\n".join(lines)).split("\n")


def kept(name: str) -> list[str]:
    """Read a golden trace."""
    path = FOLDER / f"{name}.jsonl"
    return path.read_text().splitlines() if path.exists() else []


def keep(name: str, lines: list[str]) -> None:
    """Write a golden trace."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def _bare(value: Any, *, top: bool = True) -> Any:
    """Leave out what differs between two runs of the same."""
    if isinstance(value, dict):
        dropped = _UNTOLD if top else {"expires_at", "digest", "seconds", *_COUNTED}
        return {name: _bare(each, top=False) for name, each in value.items() if name not in dropped}
    return [_bare(each, top=False) for each in value] if isinstance(value, list) else value


def _renumbered(text: str) -> str:
    """Number ids in the order in which they appear."""
    seen: dict[tuple[str, str], int] = {}

    def number(of: str, found: str) -> int:
        return seen.setdefault((of, found), 1 + sum(kind == of for kind, _ in seen))

    def replaced(found: re.Match[str]) -> str:
        if found["ref"]:
            return f"{found['ref']}:{number(found['ref'], found['of'])}"
        kind = {"change": "change", "change_id": "change", "event_id": "event", "term_id": "term"}.get(found["kind"], "task")
        return f"{found['kind']}{found['mark']}{number(kind, found['number'])}"

    text = _UUID.sub(lambda found: f"uuid-{number('uuid', found[0])}", text)
    return _NUMBERED.sub(replaced, text)
