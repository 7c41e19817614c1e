"""What every room may use: time, errors, random streams, noise, levels, log records."""
