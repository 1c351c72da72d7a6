"""`smartflow import`: a timetable file taken over for a person, as the API would take it over."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from smartflow.client.course import MAX_FILE_BYTES, ReadingTerms
from smartflow.client.schedule.course import CourseImport, ImportMode
from smartflow.cmd.options import with_data_dir
from smartflow.cmd.people import named, on_behalf
from smartflow.cmd.reach import Reached, establish, operator
from smartflow.cmd.refused import SHOWN, clash_line
from smartflow.cmd.shown import REFUSED, fact, fail, progress, with_json
from smartflow.gateway.routes.course_forms import ImportedForm
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.codec import plain


class Wish(Struct, frozen=True):
    """How a file is to be taken over; `adopt`: whether its term is set, None for only if the person has none yet."""

    name: str
    mode: ImportMode
    adopt: bool | None
    dry_run: bool


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--user", "name", required=True, metavar="NAME", help="For whom.")
@click.option(
    "--mode",
    type=click.Choice(get_args(ImportMode)),
    default="reject",
    show_default=True,
    help="reject: a clash or a repeated meeting refuses all; merge: meetings that are there already are skipped; "
    "replace_term: the term's courses are replaced.",
)
@click.option("--adopt-term/--no-adopt-term", "adopt", default=None, help="Set the file's term too; by default if the person has none yet.")
@click.option("--dry-run", is_flag=True, help="Show what would come of it, and write nothing; clashes give exit code 1.")
@with_data_dir
@with_json
def command(file: str, data_dir: Path | None, as_json: bool, **wish: object) -> None:  # noqa: FBT001 - a flag
    """Take the timetable in FILE over (- reads standard input), whole or not at all.

    Whether SmartFlow runs does not matter. A refusal names each field with its rule and each clash, and writes nothing.
    """
    with click.open_file(file, "rb") as reading:
        content = reading.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        fail(f"FILE: {file} is too large; the most is {MAX_FILE_BYTES} bytes")
    wanted = msgspec.convert(wish, Wish)
    done = establish(data_dir, lambda reached: _taken_over(reached, content, wanted))
    if done is None:
        fail(f"--user: nobody is called {wanted.name}")
    fact(done, "\n".join(_told(done, wanted.name)), as_json=as_json)
    if done.clashes_total:
        fail(f"without --dry-run this would be refused: {done.clashes_total} clashes", REFUSED)


async def _taken_over(reached: Reached, content: bytes, wanted: Wish) -> ImportedForm | None:
    user = await named(reached.clients.userauth, operator(), wanted.name)
    if user is None:
        return None
    call, timetable = replace(on_behalf(user, operator()), language="en"), reached.clients.schedule.timetable
    view = await timetable.term(call)
    adopt = view.is_default if wanted.adopt is None else wanted.adopt
    terms = ReadingTerms(TermDraft.of(view.term, view.name, view.preferences), own=not view.is_default, adopt_term=adopt)
    progress("Reading the file")
    reading = await reached.clients.course.read(call, content, terms)
    progress(f"Importing {len(reading.courses)} courses")
    wish = CourseImport(reading.courses, mode=wanted.mode, adopt=reading.adopt, dry_run=wanted.dry_run)
    done = await timetable.import_courses(call, wish)
    progress("")
    return ImportedForm.of(done, reading, call, file=True)


def _told(done: ImportedForm, name: str) -> Iterator[str]:
    counts = f"{done.added} meetings added, {done.removed} removed, {done.unchanged} unchanged"
    if done.dry_run:
        yield f"Nothing was written. For {name} this would mean: {done.courses} courses, {counts}."
    else:
        yield f"{name} has {done.courses} courses of the file: {counts}" + (f" (change {done.change_id})." if done.change_id else ".")
    for warning in done.warnings:
        yield f"  warning: {warning.path + ': ' if warning.path else ''}{warning.text} ({warning.code})"
    for clash in done.clashes[:SHOWN]:
        yield f"  clash: {clash_line(plain(clash))}"
    if done.clashes_total > SHOWN:
        yield f"  and {done.clashes_total - SHOWN} more clashes"
