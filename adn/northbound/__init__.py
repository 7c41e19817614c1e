"""The only vocabulary that the world and its operations share; immutable values only."""
