"""Training: shifts worked by a person, beside the same engine, logs and scores as any run."""
