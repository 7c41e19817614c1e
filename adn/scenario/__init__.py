"""Scenario text to the plan of a run: reading, validating, resolving."""
