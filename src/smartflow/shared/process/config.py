"""Settings: the environment, then a TOML file, then defaults, read once into frozen sections."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct

PREFIX = "SMARTFLOW_"
FILE = f"{PREFIX}CONFIG"
_HIDDEN = "..."
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
# Up to the last @, since a password may hold one; what a query calls by such a name is hidden whole, and first.
_IN_QUERY = re.compile(r"(?<=[?&;])([^=&;?\s]*(?:pass|pwd|secret|token|key)[^=&;?\s]*)=[^&\s]*", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<=://)([^/?#:@\s]*):\S*@")

T = TypeVar("T", bound=Struct)


class SettingsError(Exception):
    """Settings cannot be used; the message names the key, where it came from and what is wrong."""


class Secret:
    """A string that shows itself to nobody who does not ask for it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the string itself."""
        return self._value

    def __repr__(self) -> str:
        return _HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Shown(Struct, frozen=True):
    """One setting as `config show` tells it."""

    key: str
    value: Any
    origin: str


class Loaded(Struct, Generic[T], frozen=True):
    """Settings, and where each that is not a default came from."""

    settings: T
    origins: dict[str, str]

    def show(self) -> list[Shown]:
        """List every setting by its dotted key; secrets and passwords in addresses are hidden."""
        return [Shown(key, _public(value), self.origins.get(key, "default")) for key, value in _leaves(self.settings, "")]


def load(kind: type[T], environ: Mapping[str, str], *, file: Path | None = None, options: Mapping[str, str] | None = None) -> Loaded[T]:
    """Read settings; `options` are those of the command line, by dotted key, and win.

    `SMARTFLOW_HTTP__PORT` sets `http.port`; `SMARTFLOW_CONFIG` names the file if `file` does not.

    Raises:
        SettingsError: A key is unknown or a value does not fit.
    """
    file = file or (Path(environ[FILE]) if environ.get(FILE) else None)
    known = dict(_keys(kind, ""))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key, value, origin in (*_in_file(file, known), *_in_environ(environ), *_in_options(options)):
        if key not in known:
            raise SettingsError(_unknown(key, origin, known))
        _put(values, key, _split(value, known[key]))
        origins[key] = origin
    try:
        return Loaded(msgspec.convert(values, kind, strict=False, dec_hook=_read), origins)
    except msgspec.ValidationError as error:
        raise SettingsError(_unfit(str(error), origins, known)) from error


def _keys(kind: type[Struct], before: str) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from _keys(field.type, f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}", field.type


def _in_file(file: Path | None, known: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    if file is None:
        return []
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{file} cannot be read: {error}"
        raise SettingsError(message) from error
    return [(key, value, str(file)) for key, value in _flat(content, known, "")]


def _flat(table: Mapping[str, Any], known: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{before}{name}"
        if isinstance(value, dict) and key not in known:
            yield from _flat(value, known, f"{key}.")
        else:
            yield key, value


def _in_environ(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = sorted(name for name in environ if name.startswith(PREFIX) and name != FILE)
    return [(name.removeprefix(PREFIX).lower().replace("__", "."), environ[name], name) for name in names]


def _in_options(options: Mapping[str, str] | None) -> list[tuple[str, str, str]]:
    return [(key, value, "command line") for key, value in (options or {}).items()]


def _put(values: dict[str, Any], key: str, value: object) -> None:
    *sections, name = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
    values[name] = value


def _split(value: object, kind: object) -> object:
    """Read a list or a table that came as one string: JSON, or words between commas."""
    if not isinstance(value, str) or not _holds_many(kind):
        return value
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError:
            return value
    return [word.strip() for word in value.split(",") if word.strip()]


def _holds_many(kind: object) -> bool:
    origin = get_origin(kind) or kind
    return origin in (list, tuple, set, frozenset, dict) or any(get_origin(each) in (list, tuple, dict) for each in get_args(kind))


def _read(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    if kind is Path and isinstance(value, str):
        return _path(value)
    message = f"Expected `str`, got `{type(value).__name__}`"
    raise ValueError(message)


def _path(value: str) -> Path:
    if not value:
        message = "Expected a path, got nothing"
        raise ValueError(message)
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # nobody has that name
        raise ValueError(str(error)) from error


def _unknown(key: str, origin: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(key, known, n=1)
    hint = f"; did you mean {_spelt(near[0], origin)}?" if near else ""
    return f"{_spelt(key, origin)}: there is no such setting ({origin}){hint}"


def _unfit(message: str, origins: Mapping[str, str], known: Mapping[str, Any]) -> str:
    found = re.fullmatch(r"(?P<why>.*) - at `\$\.?(?P<key>.*?)(\[.*)?`", message)
    if found is None:
        return message
    key, why = found["key"], found["why"]
    if key not in known:  # the rule of a whole section names its settings itself
        return f"{key}: {why}"
    origin = origins.get(key, "default")
    return f"{_spelt(key, origin)}: {_wanted(why, known[key])} ({origin})"


def _wanted(why: str, kind: object) -> str:
    """Say what a value must be, where the library only says what it is not."""
    bound = re.fullmatch(r"Expected `\w+` (<=|>=|<|>) (\S+)", why)
    if bound is not None:
        return f"{_BOUNDS[bound[1]]} {bound[2]}"
    if why.startswith("Invalid enum value") and isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {', '.join(str(each.value) for each in kind)}"
    return why


def _spelt(key: str, origin: str) -> str:
    return PREFIX + key.upper().replace(".", "__") if origin.startswith(PREFIX) else key


def _leaves(section: Struct, before: str) -> Iterator[tuple[str, Any]]:
    for name in section.__struct_fields__:
        value = getattr(section, name)
        if isinstance(value, Struct):
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _public(value: object) -> object:
    if isinstance(value, Secret):
        return _HIDDEN
    if isinstance(value, str):
        return _IN_ADDRESS.sub(rf"\1:{_HIDDEN}@", _IN_QUERY.sub(rf"\1={_HIDDEN}", value))
    if isinstance(value, list | tuple | set | frozenset):
        return [_public(each) for each in value]
    if isinstance(value, dict):
        return {key: _public(each) for key, each in value.items()}
    return str(value) if isinstance(value, Path) else value
