"""The OpenAI-compatible wire: what goes over it, what comes back, and what is known of whoever is at its end."""
