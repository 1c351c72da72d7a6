"""Holds the house to its norms: sizes, names, words that belong to one place, and queries that name their owner."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION, MOST_PARAMETERS, MOST_POSITIONAL = 400, 450, 40, 6, 5
BANNED_NAMES = {"utils", "common", "helpers", "base", "manager", "misc"}
DIALECTS = re.compile(r"\b(sqlite|postgresql|mariadb|mysql)\b", re.IGNORECASE)
Functions = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print what is wrong; the exit code says whether anything is."""
    # Migrations are written by a tool and never touched again.
    product = [path for path in sorted((ROOT / "src" / "smartflow").rglob("*.py")) if "migrations" not in path.parts]
    others = [path for folder in ("tests", "scripts", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
    wrong = [finding for path in product for finding in check_product(path)]
    wrong += [finding for path in others for finding in check_length(path)]
    for finding in wrong:
        print(finding)
    sizes = [_lines(path) for path in product if _lines(path) > 1]
    if len(sizes) > 1:
        print(f"{len(sizes)} files, median {median(sizes):.0f}, p90 {quantiles(sizes, n=10)[-1]:.0f}, longest {max(sizes)} lines")
    return bool(wrong)


def check_product(path: Path) -> Iterator[str]:
    """Check one file of the product."""
    yield from check_length(path)
    if path.stem in BANNED_NAMES:
        yield f"{_short(path)}: the name says nothing"
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, Functions):
            yield from check_function(path, node)
    yield from check_words(path, tree)


def check_length(path: Path) -> Iterator[str]:
    """Check the length of a file, and that what is switched off says what."""
    most = LONGEST_TEST if "tests" in path.parts else LONGEST_FILE
    if _lines(path) > most:
        yield f"{_short(path)}: {_lines(path)} lines (at most {most})"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if re.search(r"# type: ignore(?!\[)", line) and "re.search" not in line:
            yield f"{_short(path)}:{number}: a bare type: ignore"


def check_function(path: Path, node: Functions) -> Iterator[str]:
    """Check a function's length and parameters, and that a repository's queries name their owner."""
    where = f"{_short(path)}:{node.lineno} {node.name}"
    length = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
    if length > LONGEST_FUNCTION:
        yield f"{where}: {length} lines (at most {LONGEST_FUNCTION})"
    positional = [argument for argument in node.args.args if argument.arg not in {"self", "cls"}]
    if len(positional) > MOST_POSITIONAL or len(positional) + len(node.args.kwonlyargs) > MOST_PARAMETERS:
        yield f"{where}: too many parameters"
    if path.name == "repository.py" and isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
        second = ast.unparse(positional[1].annotation or ast.Constant("")) if len(positional) > 1 else ""
        if second != "OwnerId":
            yield f"{where}: the second parameter of a query is its OwnerId"


def check_words(path: Path, tree: ast.AST) -> Iterator[str]:
    """Check that no dialect is named outside the database's own room; texts and comments may."""
    if "shared/database" in path.as_posix() or "migrations" in path.parts:
        return
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if any(DIALECTS.search(name) for name in [*names, module]) and "shared.database" not in module:
            yield f"{_short(path)}:{node.lineno}: a dialect outside shared/database"


def _docstring_lines(node: Functions) -> int:
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_text else 0


def _lines(path: Path) -> int:
    return path.read_text().count("\n")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
