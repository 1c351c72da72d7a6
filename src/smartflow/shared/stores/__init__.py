"""What processes may share beside the database: counters and caches that can be lost."""
