"""What many commands can be told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class _Folder(click.Path):
    """A directory's path; an empty one would be wherever the shell happens to be."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as in the library
        """Read what was given."""
        if not str(value):
            self.fail("it is empty; name a directory.", param, ctx)
        return super().convert(value, param, ctx)


def with_data_dir(function: F) -> F:
    """Give a command the option `--data-dir`."""
    return click.option("--data-dir", type=_Folder(path_type=Path), help="The data directory.")(function)
