"""What SmartFlow remembers of a person, and how it forgets. Its routes end in `gateway/routes/memory.py`."""
