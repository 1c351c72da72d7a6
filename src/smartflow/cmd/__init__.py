"""The command line, and composition: what a process owns and which parts it runs."""
