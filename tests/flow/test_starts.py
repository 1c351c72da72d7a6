"""Starts that cannot be: each ends with one sentence, and says what is to be done."""

import json
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from smartflow.cmd.demo import DEMO
from smartflow.cmd.main import cli
from tests.kit.people import PASSWORD, Door
from tests.kit.process import PATIENCE, refused, up
from tests.kit.shell import Shell

WRONG = [
    ({"SMARTFLOW_LOG__LEVEL": "loud"}, "SMARTFLOW_LOG__LEVEL: one of DEBUG, INFO, WARNING, ERROR"),
    ({"SMARTFLOW_USERAUTH__HASH_MEMORY_KIB": "0"}, "SMARTFLOW_USERAUTH__HASH_MEMORY_KIB: at least 8"),
    ({"SMARTFLOW_USERAUTH__HASH_LANES": "9"}, "userauth: hash_memory_kib must be at least 8 for each of the 9 hash_lanes"),
    ({"SMARTFLOW_USERAUTH__SIGNING_KEYS": "short"}, "userauth.signing_keys: a key is 32 bytes in base64url"),
    ({"SMARTFLOW_DATABASE__URL": "postgresql://ming:s3cret@host/db"}, "SMARTFLOW_DATABASE__URL: there is no such setting"),
]


@pytest.mark.parametrize(("settings", "says"), WRONG)
async def test_a_setting_that_cannot_be_ends_the_start_with_a_sentence(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    code, said = await refused(tmp_path, **settings)

    assert (code, len(said)) == (1, 1), said
    assert said[0].startswith(f"smartflow: {says}")
    assert "s3cret" not in said[0]


@pytest.mark.parametrize("words", [("openapi",), ("config", "show")])
def test_a_setting_that_cannot_be_ends_what_starts_nothing_with_a_sentence(words: tuple[str, ...]) -> None:
    ended = CliRunner(env={"SMARTFLOW_HTTP__PORT": "99999"}).invoke(cli, words)

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr == "smartflow: SMARTFLOW_HTTP__PORT: at most 65535 (SMARTFLOW_HTTP__PORT)\n"


def test_the_settings_are_shown_with_keys_that_are_set() -> None:
    ended = CliRunner(env={"SMARTFLOW_USERAUTH__SIGNING_KEYS": "s3cret"}).invoke(cli, ["config", "show", "--json"])

    shown = {each["key"]: each["value"] for each in json.loads(ended.stdout)}
    assert shown["userauth.signing_keys"] == ["..."]


async def test_the_level_of_the_log_may_be_written_in_any_case(tmp_path: Path) -> None:
    async with up(tmp_path, before="export SMARTFLOW_LOG__LEVEL=debug") as started:
        assert await started.stop() == 0
        assert "Traceback" not in started.said()


async def test_nobody_else_can_reach_an_account_whose_password_everybody_knows(tmp_path: Path) -> None:
    shell, public = Shell(tmp_path), ("--host", "0.0.0.0")
    async with up(tmp_path, "--demo") as started:
        assert await started.stop() == 0

    code, said = await refused(tmp_path, *public)
    assert (await shell("user", "password", DEMO.username, "--password", PASSWORD)).exit_code == 0
    async with up(tmp_path, *public) as started, httpx2.AsyncClient(base_url=started.url, timeout=PATIENCE) as http:
        known = await Door(http).post("/user/login", {"username": DEMO.username, "password": DEMO.password})
        own = await Door(http).post("/user/login", {"username": DEMO.username, "password": PASSWORD})

    assert (code, len(said)) == (1, 1)
    assert f"smartflow user password demo --data-dir {tmp_path / 'data'}" in said[0]
    assert "smartflow user delete demo" in said[0]
    assert (known.status, own.status) == (401, 200)


async def test_a_demo_that_the_disk_has_no_room_for_does_not_keep_the_product_from_being_ready(tmp_path: Path) -> None:
    async with up(tmp_path) as started:
        assert await started.stop() == 0

    async with up(tmp_path, "--demo", before="ulimit -f 160") as started, httpx2.AsyncClient(base_url=started.url) as http:
        assert (await http.get("/healthz")).status_code == 200
        said = [line for line in started.said().splitlines() if not line.startswith("{")]

    assert len(said) == 1
    assert said[0].startswith("smartflow: the demo account is incomplete: the database does not do what it should (disk I/O error)")


async def test_who_cannot_be_told_that_all_is_ready_is_told_that_it_is_not(tmp_path: Path) -> None:
    code, said = await refused(tmp_path, said_to="/dev/full")

    assert code != 0
    assert said[0] == "smartflow: it cannot go on: No space left on device"
