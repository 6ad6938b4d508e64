"""A digit drawn by hand: the pad, what the model says of it, and why."""
