"""Carries messages from relays to inboxes."""
