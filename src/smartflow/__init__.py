"""SmartFlow plans a dense life and tells its people the truth about it."""
