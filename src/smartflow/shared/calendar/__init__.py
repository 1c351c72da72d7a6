"""The timetable's arithmetic: terms, section tables, coordinates and instants, sets of weeks. Pure."""
