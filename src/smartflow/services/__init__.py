"""The services; each owns its tables and is asked through its Protocol in `client`."""
