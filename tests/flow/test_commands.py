"""Commands of the shell that carry people's things in and out, beside a running product and without one."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from smartflow.cmd.main import cli
from tests.kit.people import PASSWORD, Person, someone
from tests.kit.process import PATIENCE, up
from tests.kit.shell import Shell

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "term.json"
COURSES, MEETINGS = 14, 182


@pytest.fixture
async def shell(tmp_path: Path) -> Shell:
    """A shell where Ming has an account, and nothing runs."""
    made = Shell(tmp_path)
    assert (await made("user", "add", "ming", "--password", PASSWORD)).exit_code == 0
    return made


@pytest.fixture
async def ming(tmp_path: Path) -> AsyncIterator[Person]:
    """Ming, at a product that runs."""
    async with up(tmp_path) as running, httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as http:
        yield await someone(http)


def course(name: str, day: int, **meets: Any) -> dict[str, Any]:
    at = {"start_week": 1, "end_week": 2, "day_of_week": day, "start_section": 1, "end_section": 2}
    return {"course_name": name, "location": "", "arrangements": [{**at, **meets}]}


def unpacked(file: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


async def exported(shell: Shell, name: str = "out.zip") -> dict[str, Any]:
    """Export Ming's things with nothing running."""
    done = await shell("export", "--user", "ming", "--out", shell.folder / name)
    assert done.exit_code == 0, done.stderr
    return unpacked((shell.folder / name).read_bytes())


async def test_a_file_is_imported_and_everything_is_exported_while_the_product_runs(ming: Person, tmp_path: Path) -> None:
    shell = Shell(tmp_path)

    done = await shell("import", EXAMPLE, "--user", ming.name)
    assert done.exit_code == 0, done.stderr
    assert f"{COURSES} courses of the file: {MEETINGS} meetings added" in done.stdout
    assert len((await ming.get("/course/list")).data) == COURSES
    refused = await shell("import", EXAMPLE, "--user", ming.name)
    assert refused.exit_code == 1
    assert "高等数学A(1) (arrangements[0]) meets 高等数学A(1): week 1, day 1, sections 1-2" in refused.stderr
    assert f"and {MEETINGS - 20} more" in refused.stderr

    asked = await ming.post("/agent/chat", {"message": "Write an outline of my essay"})
    assert asked.status == 200, asked.body
    out = tmp_path / "mine.zip"
    assert (await shell("export", "--user", ming.name, "--out", out)).exit_code == 0
    over_http = await ming._http.get("/api/v1/user/export", headers=ming._headers)
    by_shell, by_route = unpacked(out.read_bytes()), unpacked(over_http.content)
    assert by_shell.pop("about.json").keys() == by_route.pop("about.json").keys()
    assert by_shell == by_route
    assert [each["type"] for each in by_shell["interactions.json"]] == ["ask_user"]
    assert by_shell["conversations.json"][0]["timeline"][0]["content"] == "Write an outline of my essay"
    assert out.stat().st_mode & 0o777 == 0o600


async def test_a_file_is_imported_and_everything_is_exported_with_nothing_running(shell: Shell) -> None:
    done = await shell("import", EXAMPLE, "--user", "MING", "--json")

    told = json.loads(done.stdout)
    assert (done.exit_code, told["courses"], told["added"], told["clashes_total"]) == (0, COURSES, MEETINGS, 0)
    assert len(told["courses_read"]) == COURSES
    found = await exported(shell)
    assert len(found["courses.json"][0]["courses"]) == COURSES
    assert len(found["events.json"]) == MEETINGS
    assert found["terms.json"][0]["first_monday"] == "2026-09-07"


async def test_an_export_answers_in_json_and_never_writes_over_a_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)

    done = await shell("export", "--user", "ming", "--json")
    told = json.loads(done.stdout)
    written = Path(told["file"]).read_bytes()
    again = await shell("export", "--user", "ming")
    named = await shell("export", "--user", "ming", "--out", told["file"])

    assert told["file"].startswith("smartflow-ming-")
    assert (len(written), list(unpacked(written))) == (told["bytes"], told["files"])
    for refused in (again, named):
        assert refused.exit_code == 1
        assert refused.stderr.startswith("smartflow: --out: ")
    assert Path(told["file"]).read_bytes() == written


async def test_a_refused_file_names_each_field_with_its_rule_and_writes_nothing(shell: Shell) -> None:
    bad = shell.written("bad.json", courses=[course("", 9, end_week=99), course("Algebra", 1)])

    refused = await shell("import", bad, "--user", "ming")
    in_json = await shell("import", bad, "--user", "ming", "--json")
    page = await shell("import", "-", "--user", "ming", stdin=b"<html>log in</html>")

    assert (refused.exit_code, in_json.exit_code, page.exit_code) == (1, 1, 1)
    assert refused.stdout == ""
    assert "courses[0].course_name: This is missing. (rule: required)" in refused.stderr
    assert "courses[0].arrangements[0].day_of_week: This must be at most 7. (rule: max)" in refused.stderr
    told = json.loads(in_json.stdout)
    assert told["status"] == "42201"
    assert {error["rule"] for error in told["data"]["errors"]} == {"required", "max"}
    assert "file: This is a web page" in page.stderr
    assert (await exported(shell))["courses.json"] == []


async def test_a_clash_refuses_the_whole_file_and_merging_skips_what_is_there(shell: Shell) -> None:
    first = shell.written("first.json", courses=[course("Algebra", 1)])
    both = shell.written("both.json", courses=[course("Algebra", 1), course("Optics", 2)])
    beside = shell.written("beside.json", courses=[course("Optics", 1), course("Poetry", 3)])
    assert (await shell("import", first, "--user", "ming")).exit_code == 0

    repeated = await shell("import", both, "--user", "ming", "--json")
    clashing = await shell("import", beside, "--user", "ming", "--mode", "merge")
    kept = await exported(shell, "kept.zip")
    merged = await shell("import", both, "--user", "ming", "--mode", "merge", "--json")
    replaced = await shell("import", beside, "--user", "ming", "--mode", "replace_term", "--json")

    assert (repeated.exit_code, json.loads(repeated.stdout)["status"]) == (1, "40029")
    assert {clash["name"] for clash in json.loads(repeated.stdout)["data"]} == {"Algebra"}
    assert clashing.exit_code == 1
    assert "Optics (arrangements[0]) meets Algebra: week 1, day 1, sections 1-2" in clashing.stderr
    assert [each["course_name"] for each in kept["courses.json"][0]["courses"]] == ["Algebra"]
    assert [json.loads(merged.stdout)[name] for name in ("added", "unchanged")] == [2, 2]
    assert [json.loads(replaced.stdout)[name] for name in ("added", "removed")] == [4, 4]


async def test_a_dry_run_shows_what_would_come_and_writes_nothing(shell: Shell) -> None:
    dry = await shell("import", EXAMPLE, "--user", "ming", "--dry-run")
    nothing = await exported(shell)
    assert (await shell("import", EXAMPLE, "--user", "ming")).exit_code == 0
    clashing = await shell("import", EXAMPLE, "--user", "ming", "--dry-run", "--json")

    assert dry.exit_code == 0
    assert dry.stdout.startswith("Nothing was written.")
    assert (nothing["courses.json"], nothing["terms.json"]) == ([], [])
    assert clashing.exit_code == 1
    assert json.loads(clashing.stdout)["clashes_total"] == MEETINGS
    assert "without --dry-run this would be refused" in clashing.stderr


async def test_the_files_term_is_set_for_who_has_none_and_for_others_only_when_asked(shell: Shell) -> None:
    file = json.loads(EXAMPLE.read_text())
    moved = shell.written("moved.json", term={**file["term"], "first_monday": "2026-08-31"}, courses=[course("Algebra", 1)])
    assert (await shell("import", EXAMPLE, "--user", "ming")).exit_code == 0

    kept = await shell("import", moved, "--user", "ming", "--mode", "replace_term")
    first = await exported(shell, "first.zip")
    adopted = await shell("import", moved, "--user", "ming", "--mode", "replace_term", "--adopt-term")
    second = await exported(shell, "second.zip")

    assert (kept.exit_code, adopted.exit_code) == (0, 0), adopted.stderr
    assert "warning: " in kept.stdout
    assert "(term_differs)" in kept.stdout
    assert [each["terms.json"][0]["first_monday"] for each in (first, second)] == ["2026-09-07", "2026-08-31"]


@pytest.mark.parametrize("words", [("import", str(EXAMPLE)), ("export",)])
async def test_somebody_who_is_not_there_is_named(shell: Shell, words: tuple[str, ...]) -> None:
    refused = await shell(*words, "--user", "nobody")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "smartflow: --user: nobody is called nobody\n"


@pytest.mark.parametrize("words", [("import", "nowhere.json", "--user", "ming"), ("import", str(EXAMPLE)), ("export",)])
async def test_wrong_use_has_an_exit_code_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused = await Shell(tmp_path)(*words)

    assert refused.exit_code == 2
    assert "Error: " in refused.stderr


def test_every_command_explains_itself() -> None:
    listed = CliRunner().invoke(cli, ["--help"])

    for name in ("up", "user", "import", "export", "backup"):
        said = CliRunner().invoke(cli, [name, "--help"])
        assert said.exit_code == 0
        assert "Usage: " in said.stdout
        assert f"  {name} " in listed.stdout
    for option in ("--user", "--mode", "--adopt-term / --no-adopt-term", "--dry-run", "--data-dir", "--json"):
        assert option in CliRunner().invoke(cli, ["import", "--help"]).stdout
