"""Plans: proposed placements, edited, applied or discarded."""
