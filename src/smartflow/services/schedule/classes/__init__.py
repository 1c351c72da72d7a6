"""Study plans and their items."""
