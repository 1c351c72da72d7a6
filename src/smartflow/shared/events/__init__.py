"""The backbone: a committed fact has its effect in every subscriber exactly once, in order per key."""
