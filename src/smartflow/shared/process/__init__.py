"""What a process is made of: settings, a data directory, loops, a pool of workers, logs, metrics and an orderly end."""
