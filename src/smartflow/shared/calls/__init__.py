"""Ask a service through its Protocol: in this process, or over a socket; one contract for both."""
