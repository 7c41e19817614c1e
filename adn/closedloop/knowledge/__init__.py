"""What the loop knows: the network as a typed graph, how faults show, and what was seen."""
