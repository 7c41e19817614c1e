"""People: desks that take work, crews that drive out, and the one door to whoever sits there."""
