"""What every part stands on; an entry here needs two users."""
