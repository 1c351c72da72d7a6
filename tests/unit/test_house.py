"""The house as a whole: its pages, its schema, what it loads, and who may judge."""

import ast
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from smartflow.cmd.migrate import HEAD, VERSIONS, climb, upgrade
from smartflow.cmd.schema import schema

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "smartflow"
LAZY = ["alembic", "aiohttp", "httpx2", "jsonschema_rs", "numpy", "openai", "ortools", "pydantic", "quicktok", "rich"]
TIMETABLE = "smartflow.services.schedule.timetable"
# Who asks the validator. A new line here is a decision: whoever writes goes through the desk and is judged.
JUDGES = {
    "services/schedule/analysis/service.py": {"validate": 1},
    "services/schedule/classes/service.py": {"apply": 1, "judged": 1},
    "services/schedule/plan/service.py": {"apply": 1, "judged": 1},
    "services/schedule/plan/starting.py": {"apply": 1, "validate": 1},
    "services/schedule/timetable/changes.py": {"apply": 2, "judged": 2},
    "services/schedule/timetable/clashes.py": {"judge": 1},
    "services/schedule/timetable/course_service.py": {"apply": 1, "judged": 2},
    "services/schedule/timetable/guests.py": {"apply": 1, "judge": 1},
    "services/schedule/timetable/override_service.py": {"judged": 2, "settle": 1},
    "services/schedule/timetable/start_service.py": {"validate": 1},
    "services/schedule/timetable/term_setting.py": {"judged": 1, "settle": 1},
    "services/schedule/timetable/undo.py": {"judge": 1},
    "services/schedule/timetable/validate.py": {"apply": 1},
}


def script(name: str) -> ModuleType:
    """Load a program of `scripts`."""
    spec = spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_call_graph_is_of_today() -> None:
    docs = script("docs")

    assert docs.PAGE.read_text() == docs.page(), "run `make docs` and commit what it writes"


def test_migrations_make_exactly_the_tables_of_the_product(tmp_path: Path) -> None:
    path = tmp_path / "smartflow.db"
    climb(path)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema()) == []


def test_a_new_database_is_what_one_that_went_through_all_migrations_is(tmp_path: Path) -> None:
    new, old = tmp_path / "new.db", tmp_path / "old.db"

    upgrade(new)
    climb(old)

    assert structure(new) == structure(old)
    assert [upgrade(new), upgrade(old)] == [False, False]


def structure(path: Path) -> dict[str, Any]:
    """Describe all that a database holds, but for the order of the columns."""
    with closing(sqlite3.connect(path)) as connection:

        def told(question: str) -> list[Any]:
            return connection.execute(question).fetchall()

        def indexes(table: str) -> list[Any]:
            listed = told(f"SELECT name, \"unique\", origin, partial FROM pragma_index_list('{table}')")
            columns = {name: told(f"SELECT name, desc, coll FROM pragma_index_xinfo('{name}') WHERE key") for name, *_ in listed}
            # Those of constraints are numbered in the order in which they were written down.
            return sorted(
                (name if origin == "c" else "", unique, origin, partial, columns[name]) for name, unique, origin, partial in listed
            )

        def table(name: str) -> list[list[Any]]:
            columns = told(f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo('{name}')")
            keys = told(f'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(\'{name}\')')
            return [sorted(columns), sorted(keys), indexes(name)]

        made = {name: table(name) for (name,) in told("SELECT name FROM sqlite_master WHERE type = 'table'")}
        counted = {name for (name,) in told("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")}
        return {"tables": made, "counted": counted, "schema": told("SELECT * FROM alembic_version")}


def test_head_is_the_newest_revision_and_there_is_one_line_of_them() -> None:
    revisions = ScriptDirectory(str(VERSIONS.parent))

    assert revisions.get_heads() == [HEAD]


@pytest.mark.parametrize("module", ["smartflow.cmd.up", "smartflow.cmd.main"])
def test_what_is_costly_is_loaded_only_when_it_is_needed(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({LAZY!r}) & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)

    assert loaded.stdout.split() == []


def test_the_validator_is_asked_where_we_know_it_is() -> None:
    found = {str(path.relative_to(SOURCE)): dict(Counter(verdicts(path))) for path in sorted(SOURCE.rglob("*.py"))}

    assert {path: calls for path, calls in found.items() if calls} == JUDGES


def verdicts(path: Path) -> Iterator[str]:
    """List the calls of the timetable's validator and of what asks it in a file, by where the names come from."""
    tree = ast.parse(path.read_text())
    homes = {"validate": f"{TIMETABLE}.validate", "judge": f"{TIMETABLE}.validate", "apply": f"{TIMETABLE}.apply"}
    homes |= {"judged": f"{TIMETABLE}.clashes", "settle": f"{TIMETABLE}.guests"}
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            known |= {each.asname or each.name: each.name for each in node.names if homes.get(each.name) == node.module}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield known[node.func.id]
