"""The world: condition, control plane, traffic and the way elements report them."""
