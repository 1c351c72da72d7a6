"""The task pool: four quadrants and their urgency. Its routes end in `gateway/routes/task.py`."""
