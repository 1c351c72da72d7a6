"""`smartflow up` that dies: `python -m tests.kit.dying up ..` ends by SIGKILL at a passage counted from when a file says which.

The file is named by DYING_ORDER; once it is there it is taken away, and beside it grows the number of passages
since. A passage is a moment before or after a statement of a transaction, or before or after its commit.
"""

import os
import signal
from functools import partial
from pathlib import Path

from smartflow.cmd import up
from smartflow.cmd.main import main

NAME = "DYING_ORDER"
NEVER = 10**9


class Dying:
    """Faults that are none until the last one, which nobody survives."""

    def __init__(self, order: Path) -> None:
        self._order = order
        self._passed = passed_beside(order)
        self._left: int | None = None
        self._count = 0

    def at(self, point: str) -> None:
        """Count the passage of a unit's moment, and die at the one that was ordered."""
        if not point.startswith("unit."):
            return
        if self._order.exists():
            self._left, self._count = int(self._order.read_text()), 0
            self._order.unlink()
        if self._left is None:
            return
        self._count += 1
        self._left -= 1
        self._passed.write_text(f"{self._count} {point}")
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def passed_beside(order: Path) -> Path:
    """Name the file that tells how many moments passed, and the last of them."""
    return order.with_suffix(".passed")


if __name__ == "__main__":
    # Its own composition, with other faults: nothing else of it is replaced.
    up.serve = partial(up.serve, faults=Dying(Path(os.environ[NAME])))  # type: ignore[assignment]
    main()
