"""Pure physics that twin and closed loop both call, each with its own parameters."""
