"""What parts may know of the schedule: places, terms, courses, changes, classes, plans. Routes to it end in `gateway/routes`."""
