"""Study plans, timetable, plans and what is said of them, in four rooms over a pure planner. Its routes end in `gateway/routes`."""
