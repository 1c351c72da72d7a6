"""What the assistant can do: typed tools, each with its effect and its risk."""
