"""Keeps the schemas of all events, in every version that there ever was: `make schemas`."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from smartflow.shared.events.event import every_event

SNAPSHOT = Path(__file__).parent.parent.parent / "data" / "events.json"
Schemas = dict[str, Any]


def current() -> Schemas:
    """Describe every event of the product, by its kind and version."""
    import_module("smartflow.cmd.compose")  # whatever is told by a part is defined then
    events = [event for event in every_event() if event.__module__.startswith("smartflow.")]
    return {
        f"{event.kind} {event.schema}": {"publisher": event.publisher, "payload": _bare(msgspec.json.schema(event))} for event in events
    }


def kept() -> Schemas:
    """Read the snapshot."""
    found: Schemas = msgspec.json.decode(SNAPSHOT.read_bytes()) if SNAPSHOT.exists() else {}
    return found


def changed(known: Schemas, now: Schemas) -> list[str]:
    """Say which events are not what their version was when it was written down."""
    return [
        f"{name}: changing a field needs a new schema version: raise `schema` of its class, then run `make schemas`"
        for name, schema in now.items()
        if name in known and known[name] != schema
    ]


def main() -> int:
    """Write down what is new; what is known stays as it is."""
    known, now = kept(), current()
    for each in changed(known, now):
        print(each)
    SNAPSHOT.write_bytes(msgspec.json.format(msgspec.json.encode(now | known, order="sorted"), indent=2) + b"\n")
    return bool(changed(known, now))


def _bare(schema: Any) -> Any:
    """Leave out what is only said to people."""
    if isinstance(schema, dict):
        said = {"description", "title"} if isinstance(schema.get("type"), str) else set()
        return {name: _bare(value) for name, value in schema.items() if name not in said}
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    sys.exit(main())
