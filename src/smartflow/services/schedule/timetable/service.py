"""The timetable's use cases, gathered from where each group of them stands."""

from smartflow.services.schedule.timetable.course_service import CourseService
from smartflow.services.schedule.timetable.history_service import HistoryService
from smartflow.services.schedule.timetable.override_service import OverrideService
from smartflow.services.schedule.timetable.start_service import StartService
from smartflow.services.schedule.timetable.term_service import TermService
from smartflow.services.schedule.timetable.view_service import ViewService
from smartflow.services.schedule.timetable.write_service import WriteService


class TimetableService(TermService, ViewService, HistoryService, WriteService, CourseService, OverrideService, StartService):
    """Terms, courses, blocks and the journal. Serves `client.schedule.timetable.TimetableClient`."""
