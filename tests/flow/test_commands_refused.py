"""What commands say that refuse: a sentence on standard error, and under `--json` an answer that programs can read."""

import json
from pathlib import Path

import pytest

from tests.kit.people import PASSWORD
from tests.kit.shell import Shell

KEY = "A" * 43
NOBODY = "6f1d1c1e-0000-7000-8000-000000000000"


@pytest.fixture
async def shell(tmp_path: Path) -> Shell:
    """A shell where Ming has an account, and nothing runs."""
    made = Shell(tmp_path)
    assert (await made("user", "add", "ming", "--password", PASSWORD)).exit_code == 0
    return made


@pytest.mark.parametrize(
    ("words", "status", "info"),
    [
        (("user", "add", "Ming", "--password", PASSWORD), "40003", "This username is taken."),
        (("user", "password", "nobody", "--password", PASSWORD), "refused", "nobody is called nobody"),
        (("user", "delete", "nobody", "--yes"), "refused", "nobody is called nobody"),
        (("events", "show", NOBODY), "40413", "No event of that id is in such a state."),
        (("events", "skip", NOBODY, "--why", "test"), "40413", "No event of that id is in such a state."),
        (("export", "--user", "nobody"), "refused", "--user: nobody is called nobody"),
        (("backup", "/"), "refused", "/ exists already"),
    ],
)
async def test_every_refusal_is_an_answer_in_json_where_that_is_wanted(
    shell: Shell, words: tuple[str, ...], status: str, info: str
) -> None:
    plain, in_json = await shell(*words), await shell(*words, "--json")

    assert (plain.exit_code, plain.stdout, plain.stderr) == (1, "", f"smartflow: {info}\n")
    assert (in_json.exit_code, in_json.stderr) == (1, plain.stderr)
    assert json.loads(in_json.stdout) == {"status": status, "info": info}


async def test_a_setting_that_cannot_be_is_an_answer_in_json_too(shell: Shell) -> None:
    refused = await shell("user", "list", "--json", SMARTFLOW_HTTP__PORT="99999")

    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["info"] == "SMARTFLOW_HTTP__PORT: at most 65535 (SMARTFLOW_HTTP__PORT)"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "username: This must be at least 1 character long."),
        ("a\tb", "username: This must not contain control characters."),
        ("名" * 16, "username: This must be at most 45 bytes long, in UTF-8."),
    ],
)
async def test_a_name_that_cannot_be_is_told_what_it_must_be_like(shell: Shell, name: str, says: str) -> None:
    refused = await shell("user", "add", name, "--password", PASSWORD)

    assert refused.exit_code == 1
    assert says in refused.stderr


async def test_keys_that_are_set_are_not_rotated_and_it_is_said_why(shell: Shell) -> None:
    refused = await shell("keys", "rotate", SMARTFLOW_USERAUTH__SIGNING_KEYS=KEY)

    assert refused.exit_code == 1
    assert "userauth.signing_keys: This comes from the settings, and is to be changed there." in refused.stderr


async def test_an_error_of_the_database_is_a_sentence_without_anybodys_words(shell: Shell) -> None:
    with shell.database.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(range(256)) * 64)

    refused = await shell("user", "add", "geheim", "--password", PASSWORD)

    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert "geheim" not in refused.stderr
