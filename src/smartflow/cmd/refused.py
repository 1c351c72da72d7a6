"""How a refusal ends a command: its sentence, and below it each field, rule, clash or block that it names."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from smartflow.client.schedule.course import Clashes
from smartflow.cmd.shown import answer, fail
from smartflow.gateway.envelope import View, refused
from smartflow.shared.kernel.codec import plain
from smartflow.shared.kernel.refusal import Refusal

SHOWN = 20


def refuse(refusal: Refusal) -> NoReturn:
    """End with what a refusal says, as the API would say it; under `--json` it is the answer, too."""
    _, envelope = refused(refusal, View("en"), "")
    data = plain(envelope)
    answer({name: value for name, value in data.items() if name != "request_id"})
    details = list(_details(data.get("data")))
    total = refusal.details.total if isinstance(refusal.details, Clashes) else len(details)
    shown = [f"  {line}" for line in details[:SHOWN]]
    if total > len(shown) > 0:
        shown.append(f"  and {total - len(shown)} more")
    fail("\n".join((envelope.info, *shown)))


def clash_line(clash: Mapping[str, Any]) -> str:
    """Say what comes in, and what it meets."""
    incoming = clash["incoming"]
    comes = f"{incoming['course_name']} (arrangements[{incoming['arrangement']}])" if incoming else "one of the courses"
    met = clash["name"] or f"another {clash['type']}"
    where = f"week {clash['week']}, day {clash['day_of_week']}, sections {clash['start_section']}-{clash['end_section']}"
    return f"{comes} meets {met}{' in the same file' if clash['event_id'] == 0 and clash['type'] != 'busy' else ''}: {where}"


def _details(data: Any) -> Iterator[str]:  # noqa: ANN401 - whatever the refusal has to say
    if isinstance(data, list):
        yield from (clash_line(clash) for clash in data)
    if not isinstance(data, dict):
        return
    for error in data.get("errors", ()):
        yield f"{error['field'] or 'input'}: {error['message']} (rule: {error['rule']})"
    yield from (f"{event['name']} ({event['source']['type']}) would be dropped" for event in data.get("events", ()))
    yield from (f"{violation['rule']}: {violation['message']}" for violation in data.get("violations", ()))
