"""Timetable files, read and written. Its routes end in `gateway/routes/course.py`."""
