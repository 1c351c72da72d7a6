"""The checkpoint of a conversation: a state without what was said, from which the log is read on."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Row

from smartflow.client.agent.events import StateSnapshot
from smartflow.client.agent.log import LogRow
from smartflow.services.agent.engine.fold import State, copied, extend
from smartflow.services.agent.model import SNAPSHOT_FORMAT, Phase
from smartflow.shared.kernel.codec import plain, to_json
from smartflow.shared.kernel.ids import OwnerId

LARGEST = 32 * 1024


def body_of(state: State) -> dict[str, Any] | None:
    """Write a state down, what can be taken back longest ago given up first; None: it does not fit even so."""
    slim = replace(state, messages=[])
    while True:
        body: dict[str, Any] = plain(slim)
        if len(to_json(body)) <= LARGEST:
            return body
        if not slim.written:
            return None
        slim = replace(slim, written=slim.written[1:])


def read(row: Row[Any] | None) -> State | None:
    """Read a checkpoint; None: there is none, or none that this release reads: the log is enough."""
    return None if row is None else state_of(row.format, row.body)


def state_of(form: int, body: Mapping[str, Any]) -> State | None:
    """Read a state that was written down in a format."""
    if form != SNAPSHOT_FORMAT:
        return None  # the first format held no state
    try:
        return msgspec.convert(body, State)
    except msgspec.ValidationError:
        return None


def checkpoint(owner: OwnerId, phase: Phase, state: State, rows: Sequence[LogRow]) -> StateSnapshot | None:
    """Tell where a conversation stands after more rows; None: it does not fit, and the log has to do."""
    after = copied(state)
    extend(after, rows)
    body = body_of(after)
    return None if body is None else StateSnapshot(owner, rows[-1].conversation, phase, after.revision, SNAPSHOT_FORMAT, body)
