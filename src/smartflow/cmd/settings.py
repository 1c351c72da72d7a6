"""All settings of a process, composed from the sections of its parts."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from smartflow.cmd.shown import fail
from smartflow.gateway.settings import GatewaySettings, LimitsSettings
from smartflow.services.agent.settings import AgentSettings
from smartflow.services.llm.settings import LlmSettings
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.process.config import SettingsError, load
from smartflow.shared.process.datadir import DataDir


class HttpSettings(Struct, frozen=True):
    """Where the product listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000


class Level(StrEnum):
    """What is logged, and what is worse; in whatever case it is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"

    @classmethod
    def _missing_(cls, value: object) -> "Level | None":
        return cls.__members__.get(str(value).upper())


class LogSettings(Struct, frozen=True):
    """`level`: what is logged."""

    level: Level = Level.INFO


class Settings(Struct, frozen=True):
    """Everything that can be set."""

    data_dir: Path = Path("~/.smartflow")
    http: HttpSettings = field(default_factory=HttpSettings)
    log: LogSettings = field(default_factory=LogSettings)
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    limits: LimitsSettings = field(default_factory=LimitsSettings)
    userauth: UserauthSettings = field(default_factory=UserauthSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    agent: AgentSettings = field(default_factory=AgentSettings)

    def sections(self) -> Mapping[type[Struct], Struct]:
        """Give each part's section by its type."""
        found = [getattr(self, name) for name in self.__struct_fields__]
        return {type(section): section for section in found if isinstance(section, Struct)}

    def is_public(self) -> bool:
        """Whether others can reach what listens: then nothing may be open that was not opened on purpose."""
        return self.http.host not in {"127.0.0.1", "::1", "localhost"}


def settings_of(options: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, as every command does; keys and accounts live in the data directory unless set otherwise.

    Raises:
        SettingsError: They cannot be used.
    """
    settings = load(Settings, os.environ, options=options).settings
    userauth = settings.userauth
    closed = settings.is_public() if userauth.open_registration is None else not userauth.open_registration
    keys_dir = userauth.keys_dir or settings.data_dir.expanduser()
    return replace(settings, userauth=replace(userauth, open_registration=not closed, keys_dir=keys_dir))


def data_dir_of(given: Path | None) -> DataDir:
    """Find the data directory of a command; a setting that is wrong ends the command."""
    try:
        return DataDir(settings_of({} if given is None else {"data_dir": str(given)}).data_dir)
    except SettingsError as error:
        fail(str(error))
