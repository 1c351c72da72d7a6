"""Language models: the wire, the bill, and the brain that needs none. Its route ends in `gateway/routes/usage.py`."""
