"""People, their login sessions and the keys that verify their tokens. Its routes end in `gateway/routes/user.py`."""
