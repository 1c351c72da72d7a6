"""One way to read and to write, on every engine: `Database.read()` and `Database.work(call)`."""
