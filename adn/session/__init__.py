"""A run: both sides built from a scenario, post carried between two clocks, and what it leaves."""
