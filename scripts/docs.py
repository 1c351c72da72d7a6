"""Writes the generated pages.

`docs/call-graph.md`: who is handed whom, read from what the parts ask for. `docs/use-cases.md`: what the running product answers.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from smartflow.gateway.routes import __path__ as routes_path
from smartflow.shared.process.part import Ground

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "call-graph.md"
_HEAD = """# Who calls whom

Written by `make docs` from the signatures of the parts and the nouns of the gateway; nothing else is handed to anybody.
A part stands below everything it calls, so there is no circle.

"""


def page() -> str:
    """Write the page."""
    parts, nouns = dict(_parts()), dict(_nouns())
    graph = ["```mermaid", "graph TD"]
    graph += [f"  {caller} --> {called}" for caller, clients in parts.items() for called in sorted({_service(each) for each in clients})]
    graph += [f"  gateway --> {service}" for service in sorted({_service(each) for clients in nouns.values() for each in clients})]
    graph.append("```")
    rows = ["| caller | is handed |", "|---|---|"]
    rows += [f"| {name} | {_listed(clients)} |" for name, clients in parts.items()]
    rows += [f"| gateway: {name} | {_listed(clients)} |" for name, clients in nouns.items()]
    return _HEAD + "\n".join([*graph, "", *rows]) + "\n"


def _parts() -> Iterator[tuple[str, list[type]]]:
    for wiring in sorted((ROOT / "src" / "smartflow" / "services").glob("*/wiring.py")):
        module = import_module(f"smartflow.services.{wiring.parent.name}.wiring")
        for name, build in inspect.getmembers(module, inspect.isfunction):
            if name.endswith("_part") and build.__module__ == module.__name__:
                yield name.removesuffix("_part"), _clients(build)


def _nouns() -> Iterator[tuple[str, list[type]]]:
    for path in sorted(Path(next(iter(routes_path))).glob("*.py")):
        module = import_module(f"smartflow.gateway.routes.{path.stem}")
        for name, noun in inspect.getmembers(module, inspect.isclass):
            if name.endswith("Routes") and noun.__module__ == module.__name__ and _clients(noun.__init__):
                yield path.stem, _clients(noun.__init__)


def _clients(function: Callable[..., Any]) -> list[type]:
    """List the clients among what a function takes, those in a Struct of clients too."""
    hints = {name: hint for name, hint in get_type_hints(function).items() if name != "return"}
    found = [each for hint in hints.values() for each in _inside(hint)]
    return sorted(found, key=lambda client: client.__name__)


def _inside(hint: Any) -> Iterator[type]:  # noqa: ANN401 - a hint
    if not isinstance(hint, type):
        for argument in get_args(hint):
            yield from _inside(argument)
    elif hint.__module__.startswith("smartflow.client.") and hint.__name__.endswith("Client"):
        yield hint
    elif issubclass(hint, Struct) and hint is not Ground and hint.__module__.startswith(("smartflow.services.", "smartflow.gateway.")):
        for member in get_type_hints(hint).values():
            yield from _inside(member)


def _service(client: type) -> str:
    return client.__module__.split(".")[2]


def _listed(clients: list[type]) -> str:
    return ", ".join(f"`{client.__module__.removeprefix('smartflow.client.')}.{client.__name__}`" for client in clients) or "nobody"


def main() -> None:
    """Write the pages."""
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))
    sys.path.insert(0, str(ROOT))  # `scripts` and `tests` are not installed
    from scripts import use_cases

    use_cases.main()


if __name__ == "__main__":
    main()
