"""The timetable: terms, courses, blocks, the journal and its undo."""

from collections.abc import Sequence
from typing import Protocol

from smartflow.client.schedule.block import BlockDeletion, Current, Day, Finished, Placed, Start, Week
from smartflow.client.schedule.change import ChangeResult, ChangeSet, JournalEntry, JournalPage
from smartflow.client.schedule.course import Course, CourseDraft, CourseImport, CourseImported, CoursePatch
from smartflow.client.schedule.place import Guests, Source
from smartflow.client.schedule.term import DayOverride, TermView
from smartflow.shared.calendar.draft import TermDraft
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import ChangeId, CourseId, EventId, TaskId, TermId


class TimetableClient(Protocol):
    """Asks the schedule's timetable. A term that is not named is the current one."""

    async def version(self, call: Call) -> int:
        """Give the schedule's version."""
        ...

    async def term(self, call: Call, term: TermId | None = None) -> TermView:
        """Give a term.

        Raises:
            TermNotFound: The owner has no such term.
        """
        ...

    async def terms(self, call: Call) -> tuple[TermView, ...]:
        """List the terms by their first Monday."""
        ...

    async def set_term(self, call: Call, draft: TermDraft, *, term: TermId | None = None, dry_run: bool = False) -> TermView:
        """Change a term or, where the range meets none, make one.

        Raises:
            InvalidInput: The draft breaks rules (`overlap`: it meets several terms).
            TermNotFound: The owner has no such term.
            TermDropsBlocks: Blocks would fall out.
        """
        ...

    async def overrides(self, call: Call, term: TermId | None = None) -> tuple[DayOverride, ...]:
        """List the dates on which the timetable departs from itself.

        Raises:
            TermNotFound: The owner has no such term.
        """
        ...

    async def set_overrides(
        self, call: Call, overrides: Sequence[DayOverride], *, term: TermId | None = None, dry_run: bool = False
    ) -> ChangeResult:
        """Replace a term's list of such dates; meetings and their guests move with it.

        Raises:
            TermNotFound: The owner has no such term.
            OutsideTerm: A date or a nominal day lies outside the term.
            Refusal: What the validator says.
        """
        ...

    async def check_course(self, call: Call, course: CourseDraft, *, term: TermId | None = None) -> None:
        """Hold a course against a term; nothing is stored.

        Raises:
            InvalidInput: It breaks rules.
            TermNotFound: The owner has no such term.
            BadCourse: All of them are rules of course data.
        """
        ...

    async def import_courses(self, call: Call, courses: CourseImport) -> CourseImported:
        """Take courses over, whole or not at all.

        Raises:
            InvalidInput: They break rules.
            TermNotFound: The owner has no such term.
            TermDropsBlocks: The term to adopt has no room for blocks.
            MeetsCourse: They meet courses, and nothing else.
            PlaceOccupied: They meet other blocks.
        """
        ...

    async def courses(self, call: Call, term: TermId | None = None) -> tuple[Course, ...]:
        """List a term's courses.

        Raises:
            TermNotFound: The owner has no such term.
        """
        ...

    async def change_course(self, call: Call, course_id: CourseId, patch: CoursePatch) -> Course:
        """Change what a course is called, where it meets, and whether it takes guests.

        Raises:
            CourseNotFound: The owner has no such course.
            InvalidInput: Another course of the term is called so and meets there (`unique`).
            HostTaken: It has guests and may not stop to take them.
        """
        ...

    async def delete_course(self, call: Call, course_id: CourseId, *, guests: Guests = "keep") -> ChangeResult:
        """Hide a course, its meetings with it.

        Raises:
            CourseNotFound: The owner has no such course.
        """
        ...

    async def today(self, call: Call) -> tuple[Day, ...]:
        """Show today, without empty stretches; nothing outside any term."""
        ...

    async def week(self, call: Call, week: int = 0, *, term: TermId | None = None, empty: bool = True) -> Week:
        """Show a week; 0 is this one, or the term's nearest.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
        """
        ...

    async def current(self, call: Call) -> Current:
        """Show what is under way or comes next today."""
        ...

    async def finished(self, call: Call, *, skip: int = 0, limit: int = 20) -> Finished:
        """Show what was done lately."""
        ...

    async def placed(self, call: Call, sources: Sequence[Source]) -> tuple[Placed, ...]:
        """List the events of these sources, by source and time."""
        ...

    async def change(self, call: Call, changes: ChangeSet, *, dry_run: bool = False) -> ChangeResult:
        """Apply changes, all or none; a dry run only judges them.

        Raises:
            TermNotFound: The owner has no such term.
            Stale: The base version is not the present one.
            Refusal: What the validator says.
        """
        ...

    async def take_out(self, call: Call, event: EventId) -> ChangeResult:
        """Take a placement off; of a host only its guests.

        Raises:
            EventNotFound: The owner has no such block.
            NotPlaced: There is nothing to take out.
        """
        ...

    async def delete_blocks(self, call: Call, deletions: Sequence[BlockDeletion]) -> ChangeResult:
        """Delete blocks or their guests, in one change set.

        Raises:
            EventNotFound: The owner has no such block.
            NoGuest: A block whose guest should go has none.
        """
        ...

    async def release(self, call: Call, task_id: TaskId, version: int) -> ChangeResult:
        """Free the places of a task that was deleted at this version; done before, it says what that did."""
        ...

    async def changes(self, call: Call, *, cursor: str | None = None, limit: int = 20) -> JournalPage:
        """List the applied change sets, newest first, without those that have no entries (a term's are listed)."""
        ...

    async def change_of(self, call: Call, change_id: ChangeId) -> JournalEntry:
        """Show one applied change set with all it did.

        Raises:
            ChangeNotFound: The owner's journal has no such change set.
        """
        ...

    async def undo(self, call: Call, change_id: ChangeId, *, dry_run: bool = False) -> ChangeResult:
        """Take a change set back, whole or not at all.

        Raises:
            ChangeNotFound: The owner's journal has no such change set.
            AlreadyUndone: It was undone before.
            CannotBeUndone: What it touched is not as it left it, or it is never undone.
        """
        ...

    async def starts(self, call: Call, block: EventId | Source, *, weeks: Sequence[int], term: TermId | None = None) -> tuple[Start, ...]:
        """Tell for every aligned place of these weeks whether a block could go there.

        Raises:
            TermNotFound: The owner has no such term.
            WeekOutsideTerm: The term has no such week.
            EventNotFound: The owner has no such block.
            ItemNotFound: The owner has no such item.
            TaskNotFound: The owner has no such task.
        """
        ...
