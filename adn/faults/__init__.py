"""The secrets: what will go wrong, when, and what ended it."""
