"""A run as a report to hand in: what it was, what came of it, and how to repeat it."""
