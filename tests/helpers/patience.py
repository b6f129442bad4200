"""How long a test waits for work off the GUI thread: long, so that a busy machine fails no test."""

PATIENCE = 60_000  # milliseconds
