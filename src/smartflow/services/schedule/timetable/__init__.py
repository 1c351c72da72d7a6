"""Terms, courses, blocks and the journal, and the one judge of every change. Routes to it end in `TimetableClient`."""
