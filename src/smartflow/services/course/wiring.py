"""Timetable files as a part of a process."""

from sqlalchemy import MetaData

from smartflow.client.course import CourseClient
from smartflow.services.course.service import CourseService
from smartflow.shared.process.part import Ground, Part


def course_part(ground: Ground) -> Part[CourseClient]:
    """Build the reader and writer of timetable files; it owns no tables."""
    return Part("course", CourseService(ground.pool), MetaData())
