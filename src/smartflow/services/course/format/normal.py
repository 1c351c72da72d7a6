"""The normal form of courses, in which every format ends and which tests compare."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from smartflow.client.course import MAX_ARRANGEMENTS, MAX_COURSES, ImportUnreadable, Notice
from smartflow.client.schedule.course import Arrangement, CourseDraft
from smartflow.services.course.format.errors import Errors
from smartflow.services.course.format.members import MAX_TEXT
from smartflow.services.course.format.warning import say_numbers, warn
from smartflow.shared.calendar.weeks import runs_of

BETWEEN = " / "


class Row(Struct, frozen=True):
    """What a file says of one course on one day: its texts are clean, its coordinates lie in the term.

    The paths say where in the file the course, its location and its teacher are named.
    """

    name: str
    location: str
    teacher: str
    day: int
    first: int
    last: int
    weeks: frozenset[int]
    path: str
    location_path: str
    teacher_path: str
    is_filler: bool = False
    attention_left: int = 1


_Course = tuple[str, str]
_Cell = tuple[int, int, int]  # day, first section, last section
_Makers = frozenset[int]  # the rows that make a meeting, by their rank in the file
_Stretch = tuple[int, int, dict[int, _Makers]]  # first section, last section, by week
_Cells = dict[_Cell, dict[int, _Makers]]  # by week
_Courses = dict[_Course, _Cells]


def normal_form(rows: Sequence[Row], breaks: frozenset[int], errors: Errors) -> tuple[tuple[CourseDraft, ...], tuple[Notice, ...]]:
    """Make courses of rows; what breaks a limit is noted.

    Uniting, putting places together and joining sections each can make room for another, so they take turns until
    nothing changes. Each turn leaves fewer meetings.

    Raises:
        ImportUnreadable: These are too many courses.
    """
    places = _Places(rows)
    courses = _gather(rows)
    before: _Courses = {}
    while courses != before:
        before = courses
        courses = places.together({course: _united(cells) for course, cells in courses.items()})
        courses = {course: _joined(_united(cells), breaks) for course, cells in courses.items()}
    if len(courses) > MAX_COURSES:
        raise ImportUnreadable.by("max", field="courses", limit=MAX_COURSES)
    drafts = tuple(_draft(course, cells, rows, errors) for course, cells in sorted(courses.items(), key=_file_order))
    places.note_long(courses, errors)
    return drafts, (*_duplicates(rows), *places.notices(courses))


def _gather(rows: Sequence[Row]) -> _Courses:
    courses: _Courses = {}
    for rank, row in enumerate(rows):
        meetings = courses.setdefault((row.name, row.location), {}).setdefault((row.day, row.first, row.last), {})
        for week in row.weeks:
            meetings[week] = meetings.get(week, frozenset()) | {rank}
    return courses


def _united(cells: _Cells) -> _Cells:
    """Unite what overlaps in the same week."""
    united: _Cells = {}
    meetings = sorted((week, *cell, makers) for cell, weeks in cells.items() for week, makers in weeks.items())
    for (week, day), there in groupby(meetings, key=lambda meeting: meeting[:2]):
        for first, last, makers in _stretches((first, last, makers) for *_, first, last, makers in there):
            united.setdefault((day, first, last), {})[week] = makers
    return united


def _stretches(ranges: Iterable[tuple[int, int, _Makers]]) -> list[tuple[int, int, _Makers]]:
    stretches: list[tuple[int, int, _Makers]] = []
    for first, last, makers in ranges:
        if stretches and first <= stretches[-1][1]:
            start, end, others = stretches[-1]
            stretches[-1] = (start, max(end, last), others | makers)
        else:
            stretches.append((first, last, makers))
    return stretches


def _joined(cells: _Cells, breaks: frozenset[int]) -> _Cells:
    """Join a single section with what touches it in the same weeks, from the lowest up and never across a break."""
    joined: _Cells = {}
    alike = sorted(((day, sorted(weeks)), first, last, weeks) for (day, first, last), weeks in cells.items())
    for (day, _), there in groupby(alike, key=lambda cell: cell[0]):
        lowest: _Stretch | None = None
        for _, first, last, weeks in there:
            if lowest and _touch(lowest, first, last, breaks):
                del joined[day, lowest[0], lowest[1]]
                lowest = (lowest[0], last, {week: makers | lowest[2][week] for week, makers in weeks.items()})
            else:
                lowest = (first, last, weeks)
            joined[day, lowest[0], last] = lowest[2]
    return joined


def _touch(lowest: _Stretch, first: int, last: int, breaks: frozenset[int]) -> bool:
    return first == lowest[1] + 1 and lowest[1] not in breaks and (lowest[0] == lowest[1] or first == last)


class _Places:
    """Puts the places of a name together that meets in several at once, and remembers what it made of them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._made: dict[_Course, tuple[int, frozenset[int]]] = {}

    def together(self, courses: _Courses) -> _Courses:
        """Give each meeting that several places claim to one course, which names them all in file order."""
        claims: dict[tuple[str, _Cell, int], dict[str, _Makers]] = {}
        for (name, location), cells in courses.items():
            for cell, weeks in cells.items():
                for week, makers in weeks.items():
                    claims.setdefault((name, cell, week), {})[location] = makers
        shared: _Courses = {}
        for (name, cell, week), claim in claims.items():
            course = name, self._place(name, week, claim) if len(claim) > 1 else next(iter(claim))
            meetings = shared.setdefault(course, {}).setdefault(cell, {})
            meetings[week] = meetings.get(week, frozenset()).union(*claim.values())
        return shared

    def notices(self, courses: _Courses) -> Iterable[Notice]:
        """Tell of every course whose place was put together."""
        for (name, place), (rank, weeks) in self._made.items():
            if (name, place) in courses:
                yield warn("two_places", path=self._rows[rank].path, name=name, weeks=say_numbers(weeks), place=place)

    def note_long(self, courses: _Courses, errors: Errors) -> None:
        """Note the places that became too long, at the row that made them so."""
        for course, (rank, _) in self._made.items():
            if course in courses and len(course[1]) > MAX_TEXT:
                errors.add(self._rows[rank].location_path, "length", max_length=MAX_TEXT)

    def _place(self, name: str, week: int, claim: Mapping[str, _Makers]) -> str:
        in_file_order = sorted(claim, key=lambda location: min(claim[location]))
        place = BETWEEN.join(filter(None, in_file_order))
        rank = max(min(makers) for makers in claim.values())
        earlier, weeks = self._made.get((name, place), (rank, frozenset()))
        self._made[name, place] = (min(earlier, rank), weeks | {week})
        return place


def _draft(course: _Course, cells: _Cells, rows: Sequence[Row], errors: Errors) -> CourseDraft:
    makers = _makers(cells)
    arrangements = tuple(Arrangement(run, *cell) for cell, weeks in sorted(cells.items()) for run in runs_of(weeks))
    if len(arrangements) > MAX_ARRANGEMENTS:
        errors.add(rows[makers[0]].path, "max", limit=MAX_ARRANGEMENTS)
    return CourseDraft(
        *course,
        arrangements,
        teacher=_teachers([rows[rank] for rank in makers], errors),
        is_filler=any(rows[rank].is_filler for rank in makers),
        attention_left=max(rows[rank].attention_left for rank in makers),
    )


def _teachers(rows: Sequence[Row], errors: Errors) -> str:
    names: dict[str, None] = {}
    for row in rows:
        fits = len(BETWEEN.join(names)) <= MAX_TEXT
        names |= {row.teacher: None} if row.teacher else {}
        if fits and len(BETWEEN.join(names)) > MAX_TEXT:
            errors.add(row.teacher_path, "length", max_length=MAX_TEXT)
    return BETWEEN.join(names)


def _makers(cells: _Cells) -> list[int]:
    return sorted(frozenset().union(*(makers for weeks in cells.values() for makers in weeks.values())))


def _file_order(item: tuple[_Course, _Cells]) -> tuple[int, int]:
    makers = _makers(item[1])
    return makers[0], len(makers)


def _duplicates(rows: Sequence[Row]) -> Iterable[Notice]:
    """Count the rows whose sections those before them already hold, week by week."""
    held: dict[tuple[str, str, int, int], list[tuple[int, int, _Makers]]] = {}
    added_nothing = 0
    for row in rows:
        added = False
        for week in row.weeks:
            there = held.setdefault((row.name, row.location, row.day, week), [])
            if not any(first <= row.first and row.last <= last for first, last, _ in there):
                there[:] = _stretches(sorted([*there, (row.first, row.last, frozenset())], key=lambda each: each[:2]))
                added = True
        added_nothing += not added
    if added_nothing:
        yield warn("duplicate", n=added_nothing)
