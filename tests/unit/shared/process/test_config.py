"""Settings: where they come from, which one wins, and what is said when they are wrong."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct, field

from smartflow.shared.process.config import Secret, SettingsError, load


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Http(Struct, frozen=True):
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    origins: tuple[str, ...] = ()


class Model(Struct, frozen=True):
    url: str = ""
    key: Secret = Secret("")
    patience: timedelta = timedelta(seconds=5)
    prices: dict[str, float] = {}
    on: bool | None = None
    colour: Colour = Colour.RED
    older: tuple[Secret, ...] = ()
    mirrors: tuple[str, ...] = ()
    named: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.url and "://" not in self.url:
            raise ValueError("an address begins with its scheme")


class Settings(Struct, frozen=True):
    data_dir: Path = Path("data")
    http: Http = field(default_factory=Http)
    model: Model = field(default_factory=Model)


def test_without_anything_all_is_default() -> None:
    assert load(Settings, {}).settings == Settings()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, '[http]\nhost = "a"\nport = 1\norigins = ["o"]')
    environ = {"SMARTFLOW_HTTP__HOST": "b", "SMARTFLOW_HTTP__PORT": "2", "PATH": "x"}

    loaded = load(Settings, environ, file=file, options={"http.host": "c"})

    assert loaded.settings.http == Http("c", 2, ("o",))
    origins = {shown.key: shown.origin for shown in loaded.show()}
    assert origins["http.host"] == "command line"
    assert origins["http.port"] == "SMARTFLOW_HTTP__PORT"
    assert origins["http.origins"] == str(file)
    assert origins["data_dir"] == "default"


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, 'data_dir = "there"')

    assert load(Settings, {"SMARTFLOW_CONFIG": str(file)}).settings.data_dir == Path("there")


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("PATIENCE", "PT1M", timedelta(minutes=1)),
        ("PATIENCE", "90", timedelta(seconds=90)),
        ("ON", "true", True),
        ("ON", "0", False),
        ("PRICES", '{"small": 0.5}', {"small": 0.5}),
        ("KEY", "s3cret", Secret("s3cret")),
    ],
)
def test_words_become_what_the_setting_is(name: str, text: str, read: Any) -> None:
    assert getattr(load(Settings, {f"SMARTFLOW_MODEL__{name}": text}).settings.model, name.lower()) == read


@pytest.mark.parametrize("text", ["http://a, http://b", '["http://a", "http://b"]'])
def test_a_list_is_words_between_commas_or_json(text: str) -> None:
    assert load(Settings, {"SMARTFLOW_HTTP__ORIGINS": text}).settings.http.origins == ("http://a", "http://b")


def test_a_table_of_the_file_may_be_one_setting(tmp_path: Path) -> None:
    file = _file(tmp_path, "[model.prices]\nsmall = 0.5")

    assert load(Settings, {}, file=file).settings.model.prices == {"small": 0.5}


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"SMARTFLOW_HTTP__PROT": "1"}, "SMARTFLOW_HTTP__PROT: there is no such setting .*SMARTFLOW_HTTP__PORT"),
        ({"SMARTFLOW_HTTP": "1"}, "SMARTFLOW_HTTP: there is no such setting"),
        ({"SMARTFLOW_HTTP__PORT": "many"}, "SMARTFLOW_HTTP__PORT: Expected `int`, got `str`"),
        ({"SMARTFLOW_MODEL__PRICES": "{"}, "SMARTFLOW_MODEL__PRICES: Expected `object`"),
        ({"SMARTFLOW_HTTP__PORT": "99999"}, "^SMARTFLOW_HTTP__PORT: at most 65535 "),
        ({"SMARTFLOW_HTTP__PORT": "-1"}, "^SMARTFLOW_HTTP__PORT: at least 0 "),
        ({"SMARTFLOW_MODEL__COLOUR": "blue"}, "^SMARTFLOW_MODEL__COLOUR: one of red, green "),
        ({"SMARTFLOW_MODEL__URL": "nowhere"}, "^model: an address begins with its scheme$"),
        ({"SMARTFLOW_CONFIG": "/no/such/file"}, "/no/such/file cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(environ: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load(Settings, environ)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[http]\nprot = 1", r"http\.prot: there is no such setting .*http\.port"),
        ("[https]\nport = 1", r"https\.port: there is no such setting"),
        ('[http]\nport = "many"', r"http\.port: Expected `int`"),
        ("[model]\nkey = 3", r"model\.key: Expected `str`, got `int`"),
        ("http = 3", "http: there is no such setting"),
        ("[http", "cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load(Settings, {}, file=_file(tmp_path, text))


def test_secrets_are_shown_to_nobody() -> None:
    environ = {"SMARTFLOW_MODEL__KEY": "s3cret", "SMARTFLOW_MODEL__URL": "postgresql://ming:s3cret@host/db"}

    loaded = load(Settings, environ)

    shown = {each.key: each.value for each in loaded.show()}
    assert shown["model.key"] == "..."
    assert shown["model.url"] == "postgresql://ming:...@host/db"
    assert "s3cret" not in repr(loaded.settings.model.key)
    assert loaded.settings.model.key.reveal() == "s3cret"


def test_secrets_in_lists_and_tables_are_shown_to_nobody_either() -> None:
    environ = {
        "SMARTFLOW_MODEL__OLDER": "s3cret, s3cret2",
        "SMARTFLOW_MODEL__MIRRORS": "redis://:s3cret@a/0, http://b/c",
        "SMARTFLOW_MODEL__NAMED": '{"a": "redis://x:s3cret@a/0"}',
    }

    shown = {each.key: each.value for each in load(Settings, environ).show()}

    assert shown["model.older"] == ["...", "..."]
    assert shown["model.mirrors"] == ["redis://:...@a/0", "http://b/c"]
    assert shown["model.named"] == {"a": "redis://x:...@a/0"}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("postgresql://ming:s3@c/r@et@h/db", "postgresql://ming:...@h/db"),
        ("redis://h:6379/0?password=s3cr@et&db=1", "redis://h:6379/0?password=...&db=1"),
        ("postgresql://ming@h/db?sslmode=on&sslpassword=s3cret", "postgresql://ming@h/db?sslmode=on&sslpassword=..."),
        ("https://h/?Access_Token=s3cret", "https://h/?Access_Token=..."),
    ],
)
def test_a_password_in_an_address_is_shown_to_nobody_wherever_it_stands(address: str, shown: str) -> None:
    loaded = load(Settings, {"SMARTFLOW_MODEL__URL": address})

    assert {each.key: each.value for each in loaded.show()}["model.url"] == shown


def _file(folder: Path, text: str) -> Path:
    file = folder / "smartflow.toml"
    file.write_text(text)
    return file
