"""How the schedule is doing: health, rhythm, cushions, and what would make it better."""
