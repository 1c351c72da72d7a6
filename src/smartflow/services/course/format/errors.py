"""What is wrong with the rows of a file: collected by path, told at once."""

import re

from smartflow.shared.kernel.refusal import FieldError, InvalidInput

BAD = "40019"
OUTSIDE = "40023"
SECTION = "40041"
DAY = "40042"
INVERTED = "40043"

_MOST = 1000


class Errors:
    """The rules that a file's rows break; beyond a thousand nobody reads on."""

    def __init__(self) -> None:
        self._found: list[FieldError] = []

    def add(self, field: str, rule: str, *, code: str = BAD, **facts: str | int) -> None:
        """Note a broken rule."""
        if len(self._found) < _MOST:
            self._found.append(FieldError(field, rule, code, facts))

    def under(self, path: str) -> frozenset[str]:
        """Name the members of `path` that something is wrong with, or inside of."""
        inside = (error.field[len(path) + 1 :] for error in self._found if error.field.startswith(f"{path}."))
        return frozenset(re.split(r"[.\[]", field, maxsplit=1)[0] for field in inside)

    def settle(self) -> None:
        """Refuse if anything was noted.

        Raises:
            InvalidInput: Something was.
        """
        if self._found:
            raise InvalidInput(self._found)
