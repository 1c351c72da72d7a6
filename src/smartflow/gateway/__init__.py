"""The HTTP edge: it owns no table and decides nothing."""
