"""One module per timetable format, over what they share: text, detection, normal form, term. Pure."""
