"""What others may know of the assistant: how it is asked, the rows of its log, its events. Its routes are `/agent/*`."""
