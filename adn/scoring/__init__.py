"""Two log files in, numbers out; no simulator needed."""
